// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeView>

namespace levi {

// The table of results: columns as wide as what stands in them and more where there is room, up to a width at which
// numbers still stand near their names; texts give way to figures where there is none.
class ResultsTree : public QTreeView {
    Q_OBJECT

public:
    explicit ResultsTree(QAbstractItemModel* model, QWidget* parent = nullptr);

    void fitColumns();

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void narrowTexts(int missing); // pixels
};

} // namespace levi
