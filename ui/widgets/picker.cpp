// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/picker.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QSignalBlocker>

#include <algorithm>

namespace levi {

void fillPicker(QComboBox& box, const std::vector<PickerEntry>& entries) {
    std::vector<PickerEntry> before;
    for (int i = 0; i < box.count(); ++i)
        before.push_back({box.itemText(i), box.itemData(i), box.itemData(i, Qt::ToolTipRole).toString()});
    if (before == entries || box.view()->isVisible()) return;
    const QVariant chosen = box.currentData();
    const QSignalBlocker quiet(box);
    box.clear();
    for (const PickerEntry& entry : entries) {
        box.addItem(entry.text, entry.key);
        if (!entry.toolTip.isEmpty()) box.setItemData(box.count() - 1, entry.toolTip, Qt::ToolTipRole);
    }
    choose(box, chosen);
}

void choose(QComboBox& box, const QVariant& key) {
    const QSignalBlocker quiet(box);
    box.setCurrentIndex(std::max(0, box.findData(key)));
}

} // namespace levi
