// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/results_tree.h"

#include <QHeaderView>

#include <algorithm>

namespace levi {
namespace {

constexpr int kLeastNameWidth = 160, kMostNameWidth = 460, kMostNumberWidth = 240;

} // namespace

ResultsTree::ResultsTree(QAbstractItemModel* shown, QWidget* parent) : QTreeView(parent) {
    setModel(shown);
    setSelectionMode(ExtendedSelection);
    setUniformRowHeights(true);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::DescendingOrder);
    setExpandsOnDoubleClick(false);
    setAlternatingRowColors(true); // numbers may stand far from their names
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
    for (int column = 0; column < columns; ++column) {
        const int width = header()->sectionSize(column);
        const int most = std::max(width, column == 0 ? kMostNameWidth : kMostNumberWidth);
        header()->resizeSection(column, std::min(width + room / columns, most));
    }
}

void ResultsTree::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    fitColumns();
}

} // namespace levi
