// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVariant>

#include <vector>

class QComboBox;

namespace levi {

struct PickerEntry {
    QString text;
    QVariant key;
    QString toolTip;

    bool operator==(const PickerEntry&) const = default;
};

// Makes the entries of a picker these, without saying that somebody picked. One that has them already is left alone,
// and so is one whose list is open: what is read again and again must not move under the hand.
void fillPicker(QComboBox& box, const std::vector<PickerEntry>& entries);

// Chooses the entry with this key, the first one where there is none.
void choose(QComboBox& box, const QVariant& key);

} // namespace levi
