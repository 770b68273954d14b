// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/log_view.h"

#include "ui/models/two_level_model.h"
#include "ui/theme.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace levi {

// Its text is as wide as the longest line that has been in sight, so that its end can be scrolled to: to measure all
// lines would stall the window.
class LogTable : public QTableView {
public:
    explicit LogTable(QWidget* parent) : QTableView(parent) {
        connect(horizontalHeader(), &QHeaderView::sectionResized, this, [this](int column) {
            if (column != LogModel::Text) fitText();
        });
    }

    void fitText() {
        if (!model() || viewport()->height() <= 0) return;
        const int last = rowAt(viewport()->height() - 1);
        const int end = last < 0 ? model()->rowCount() : last + 1;
        for (int row = std::max(0, rowAt(0)); row < end; ++row)
            m_widest = std::max(m_widest, widthOf(model()->index(row, LogModel::Text).data().toString()));
        const int room = viewport()->width() - horizontalHeader()->sectionPosition(LogModel::Text);
        horizontalHeader()->resizeSection(LogModel::Text, std::max(room, m_widest));
    }

    void setEmptyText(const QString& text) {
        if (std::exchange(m_emptyText, text) != text) viewport()->update();
    }

    void reset() override {
        m_widest = 0;
        QTableView::reset();
    }

protected:
    void paintEvent(QPaintEvent* event) override {
        QTableView::paintEvent(event);
        if (model()->rowCount() > 0) return;
        QPainter painter(viewport());
        painter.setPen(themeColors().muted);
        painter.drawText(viewport()->rect(), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
    }
    void resizeEvent(QResizeEvent* event) override {
        QTableView::resizeEvent(event);
        fitText();
    }
    void verticalScrollbarValueChanged(int value) override {
        QTableView::verticalScrollbarValueChanged(value);
        fitText();
    }

private:
    int widthOf(const QString& text) const { return fontMetrics().horizontalAdvance(text) + 2 * kGrid; }

    QString m_emptyText;
    int m_widest = 0; // pixels
};

namespace {

// Warnings and errors in their colour.
class LevelDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        const auto level = static_cast<LogLevel>(index.siblingAtColumn(LogModel::Level).data(SortRole).toInt());
        const ThemeColors& colors = themeColors();
        if (level == LogLevel::Warn) option->palette.setColor(QPalette::Text, colors.warning);
        if (level == LogLevel::Error) option->palette.setColor(QPalette::Text, colors.error);
        if (level == LogLevel::Debug || index.column() == LogModel::Time)
            option->palette.setColor(QPalette::Text, colors.muted);
    }
};

LogTable* makeTable(QAbstractItemModel* model, QWidget* parent) {
    auto* table = new LogTable(parent);
    table->setModel(model);
    table->setObjectName(QStringLiteral("log"));
    table->setAccessibleName(LogView::tr("Log of the run"));
    table->setItemDelegate(new LevelDelegate(table));
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTabKeyNavigation(false);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 4);
    table->horizontalHeader()->hide();
    table->horizontalHeader()->setSectionResizeMode(LogModel::Time, QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(LogModel::Level, QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(LogModel::Text, QHeaderView::Fixed);
    return table;
}

} // namespace

LogView::LogView(QWidget* parent)
    : QWidget(parent),
      m_model(new LogModel(this)),
      m_filter(new LogFilter(this)),
      m_level(new QComboBox),
      m_search(new QLineEdit),
      m_count(new QLabel),
      m_table(nullptr) {
    m_filter->setSourceModel(m_model);
    m_filter->setFilterKeyColumn(LogModel::Text);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table = makeTable(m_filter, this);
    m_level->addItems({tr("all levels"), tr("info and above"), tr("warnings and errors"), tr("errors")});
    m_level->setCurrentIndex(static_cast<int>(LogLevel::Info));
    m_level->setObjectName(QStringLiteral("log_level"));
    m_level->setToolTip(tr("Lines of this level and above are shown"));
    m_search->setObjectName(QStringLiteral("log_search"));
    m_search->setPlaceholderText(tr("Search the log"));
    m_search->setClearButtonEnabled(true);
    m_count->setProperty("role", "muted");
    auto* heading = new QLabel(tr("Log"));
    auto* row = new QHBoxLayout;
    row->setSpacing(kGrid);
    row->addWidget(heading);
    row->addWidget(m_count, 1);
    row->addWidget(m_level);
    row->addWidget(m_search);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(kGrid);
    layout->addLayout(row);
    layout->addWidget(m_table, 1);
    connect(m_level, &QComboBox::currentIndexChanged, this, [this](int level) {
        m_filter->setLeast(static_cast<LogLevel>(level));
        showCount();
    });
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setFilterFixedString(text);
        showCount();
    });
    showCount();
}

void LogView::setLines(std::vector<LogLine> lines, std::size_t dropped) {
    const QScrollBar* bar = m_table->verticalScrollBar();
    const bool atEnd = bar->value() >= bar->maximum() - 1;
    m_model->setLines(std::move(lines), dropped);
    if (atEnd) m_table->scrollToBottom();
    showCount();
}

void LogView::setEmptyText(const QString& text) {
    if (std::exchange(m_emptyText, text) != text) showCount();
}

void LogView::showCount() {
    m_table->fitText();
    const int all = m_model->rowCount();
    const int shown = m_filter->rowCount();
    m_table->setEmptyText(all == 0 ? m_emptyText : tr("No line of this level holds what is searched for."));
    m_count->setText(all == shown ? (all == 1 ? tr("1 line") : tr("%1 lines").arg(all))
                                  : tr("%1 of %2 lines").arg(shown).arg(all));
}

QString LogView::selectedText() const {
    QString text;
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        if (!m_table->selectionModel()->isRowSelected(row)) continue;
        QStringList parts;
        for (int column = 0; column < LogModel::ColumnCount; ++column)
            parts << m_filter->index(row, column).data().toString();
        text += parts.join(QLatin1Char(' ')) + QLatin1Char('\n');
    }
    return text;
}

void LogView::keyPressEvent(QKeyEvent* event) {
    if (!event->matches(QKeySequence::Copy)) return QWidget::keyPressEvent(event);
    QGuiApplication::clipboard()->setText(selectedText());
}

} // namespace levi
