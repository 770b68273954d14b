// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/results_tree.h"

#include <QHeaderView>

#include <algorithm>

namespace levi {
namespace {

constexpr int kLeastNameWidth = 160, kMostNameWidth = 460, kMostColumnRoom = 40;

} // namespace

ResultsTree::ResultsTree(QAbstractItemModel* shown, QWidget* parent) : QTreeView(parent) {
    setModel(shown);
    setSelectionMode(ExtendedSelection);
    setUniformRowHeights(true);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::DescendingOrder);
    setExpandsOnDoubleClick(false);
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(48);
}

void ResultsTree::fitColumns() {
    const int columns = header()->count();
    int used = 0;
    for (int column = 0; column < columns; ++column) {
        header()->setSectionResizeMode(column, QHeaderView::Interactive);
        resizeColumnToContents(column);
        if (column == 0) header()->resizeSection(0, std::min(header()->sectionSize(0), kMostNameWidth));
        used += header()->sectionSize(column);
    }
    if (columns == 0) return;
    const int room = viewport()->width() - used;
    if (room < 0) return header()->resizeSection(0, std::max(kLeastNameWidth, header()->sectionSize(0) + room));
    for (int column = 0; column < columns; ++column)
        header()->resizeSection(column, header()->sectionSize(column) + std::min(room / columns, kMostColumnRoom));
}

void ResultsTree::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    fitColumns();
}

} // namespace levi
