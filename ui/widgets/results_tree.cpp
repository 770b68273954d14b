// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/results_tree.h"

#include "ui/theme.h"

#include <QHeaderView>
#include <QStyledItemDelegate>

#include <algorithm>

namespace levi {
namespace {

// The row that has the keyboard is tinted as a whole; the style would frame one cell of it.
class RowDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        option->state &= ~QStyle::State_HasFocus;
        const auto* view = qobject_cast<const QAbstractItemView*>(option->widget);
        const QModelIndex current = view ? view->currentIndex() : QModelIndex();
        if (view && view->hasFocus() && current.siblingAtColumn(index.column()) == index)
            option->backgroundBrush = themeColors().soft;
    }
};

constexpr int kMeasuredRows = 100; // for the widths of columns: one look at each of thousands takes a while
constexpr int kLeastNameWidth = 160, kMostNameWidth = 460, kLeastTextWidth = 72, kMostNumberWidth = 240;

} // namespace

ResultsTree::ResultsTree(QAbstractItemModel* shown, QWidget* parent) : QTreeView(parent) {
    setModel(shown);
    setSelectionMode(ExtendedSelection);
    setUniformRowHeights(true);
    setItemDelegate(new RowDelegate(this));
    setSortingEnabled(true);
    sortByColumn(-1, Qt::DescendingOrder);
    setExpandsOnDoubleClick(false);
    setAlternatingRowColors(true); // numbers may stand far from their names
    header()->setStretchLastSection(false);
    header()->setMinimumSectionSize(48);
    header()->setResizeContentsPrecision(kMeasuredRows);
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
    if (room < 0) return narrowTexts(-room);
    for (int column = 0; column < columns; ++column) {
        const int width = header()->sectionSize(column);
        const int most = std::max(width, column == 0 ? kMostNameWidth : kMostNumberWidth);
        header()->resizeSection(column, std::min(width + room / columns, most));
    }
}

// The widest first; each says all of its text in a tool tip.
void ResultsTree::narrowTexts(int missing) {
    for (int most = kMostNameWidth; missing > 0 && most > kLeastTextWidth; most -= kGrid / 2)
        for (int column = 0; column < header()->count() && missing > 0; ++column) {
            const int side = model()->headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt();
            const int width = header()->sectionSize(column), least = column == 0 ? kLeastNameWidth : kLeastTextWidth;
            if (side & Qt::AlignRight || width <= std::max(most, least)) continue;
            header()->resizeSection(column, std::max(most, least));
            missing -= width - header()->sectionSize(column);
        }
}

void ResultsTree::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTreeView::currentChanged(current, previous);
    viewport()->update(); // whole rows look otherwise now, not one cell of each
}

void ResultsTree::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    fitColumns();
}

} // namespace levi
