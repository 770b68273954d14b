// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/style/workbench_style.h"

#include "ui/style/style_parts.h"
#include "ui/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTextBrowser>
#include <QToolButton>

#include <algorithm>
#include <optional>

namespace levi {
namespace {

constexpr int kFieldAcross = 7, kFieldUp = 4; // from the edge of a box to its text
constexpr int kArrowWidth = 20;
constexpr int kBarWidth = 10, kLeastHandle = 32;
constexpr int kIndicator = 16;
constexpr QSize kPushRoom(26, 10), kMainRoom(34, 10);

// Its text, as a role wants it.
std::optional<QColor> textColor(WidgetRole role) {
    const ThemeColors& c = themeColors();
    switch (role) {
    case WidgetRole::Muted:
        return c.muted;
    case WidgetRole::Error:
        return c.error;
    case WidgetRole::Warning:
        return c.warning;
    case WidgetRole::Ok:
        return c.ok;
    default:
        return std::nullopt;
    }
}

// What this widget wants otherwise than the application does; only those colours are set.
QPalette ownPalette(const QWidget& widget) {
    const ThemeColors& c = themeColors();
    QPalette palette;
    if (const auto color = textColor(roleOf(&widget))) palette.setColor(QPalette::WindowText, *color);
    if (qobject_cast<const QAbstractItemView*>(&widget) || qobject_cast<const QMenu*>(&widget)) {
        palette.setColor(QPalette::Base, c.panel);
        palette.setColor(QPalette::Window, c.panel);
        palette.setColor(QPalette::Highlight, c.soft);
        palette.setColor(QPalette::HighlightedText, c.text);
    }
    if (const auto* text = qobject_cast<const QPlainTextEdit*>(&widget); text && text->isReadOnly())
        palette.setColor(QPalette::Base, c.window);
    if (qobject_cast<const QTextBrowser*>(&widget)) palette.setColor(QPalette::Base, c.panel);
    return palette;
}

bool wantsBold(const QWidget& widget) {
    const WidgetRole role = roleOf(&widget);
    return role == WidgetRole::Heading || role == WidgetRole::Main || widget.property("changed").toBool();
}

QSize toolRoom(const QWidget* widget) {
    switch (roleOf(widget)) {
    case WidgetRole::Chip:
        return {20, 4};
    case WidgetRole::Box:
        return {18, 8};
    case WidgetRole::Heading:
        return {6, 6};
    default:
        return {8, 8};
    }
}

QRect scrollHandle(const QStyleOptionSlider& option) {
    const bool level = option.orientation == Qt::Horizontal;
    const int length = level ? option.rect.width() : option.rect.height();
    const qint64 range = static_cast<qint64>(option.maximum) - option.minimum;
    const qint64 share = range > 0 ? static_cast<qint64>(option.pageStep) * length / (range + option.pageStep) : length;
    const int size = std::min(length, std::max(kLeastHandle, static_cast<int>(share)));
    const int at = QStyle::sliderPositionFromValue(option.minimum, option.maximum, option.sliderPosition, length - size,
                                                   option.upsideDown);
    const QRect handle = level ? QRect(at, 0, size, option.rect.height()) : QRect(0, at, option.rect.width(), size);
    return QStyle::visualRect(option.direction, option.rect, handle.translated(option.rect.topLeft()));
}

bool isFramed(const QStyleOption* option) {
    const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
    return frame && frame->lineWidth > 0;
}

} // namespace

WorkbenchStyle::WorkbenchStyle() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void WorkbenchStyle::dress(QWidget& widget) {
    if (const QPalette palette = ownPalette(widget); palette.resolveMask() != 0 || widget.property("role").isValid())
        widget.setPalette(palette);
    if (wantsBold(widget)) {
        QFont font;
        font.setWeight(QFont::DemiBold);
        widget.setFont(font);
    } else if (widget.property("changed").isValid()) {
        widget.setFont(QFont());
    }
}

void WorkbenchStyle::dressAll() {
    for (QWidget* widget : QApplication::allWidgets())
        if (widget->testAttribute(Qt::WA_WState_Polished)) dress(*widget);
}

void WorkbenchStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    dress(*widget);
    if (qobject_cast<QPushButton*>(widget) || qobject_cast<QToolButton*>(widget)) widget->setAttribute(Qt::WA_Hover);
    if (qobject_cast<QScrollBar*>(widget)) {
        widget->setAttribute(Qt::WA_Hover);
        widget->setAttribute(Qt::WA_OpaquePaintEvent, false);
    }
    if (auto* area = qobject_cast<QScrollArea*>(widget)) {
        area->setFrameShape(QFrame::NoFrame);
        area->viewport()->setAutoFillBackground(false);
        if (area->widget()) area->widget()->setAutoFillBackground(false);
    } else if (qobject_cast<QAbstractScrollArea*>(widget)) {
        widget->installEventFilter(this); // its frame tells focus
    }
    widget->update();
}

bool WorkbenchStyle::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) static_cast<QWidget*>(watched)->update();
    return QProxyStyle::eventFilter(watched, event);
}

int WorkbenchStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
    case PM_ScrollBarExtent:
        return kBarWidth;
    case PM_ScrollBarSliderMin:
        return kLeastHandle;
    case PM_ScrollView_ScrollBarSpacing:
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
        return 0;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
        return kIndicator;
    case PM_DefaultFrameWidth:
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuHMargin:
    case PM_MenuVMargin:
        return 4;
    case PM_ToolTipLabelFrameWidth:
        return 5;
    case PM_MenuButtonIndicator:
        return kArrowWidth;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int WorkbenchStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                              QStyleHintReturn* returned) const {
    if (hint == SH_EtchDisabledText || hint == SH_DitherDisabledText) return 0;
    if (hint == SH_Table_GridLineColor) return static_cast<int>(themeColors().grid.rgb());
    return QProxyStyle::styleHint(hint, option, widget, returned);
}

QSize WorkbenchStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                       const QWidget* widget) const {
    switch (type) {
    case CT_LineEdit:
        return isFramed(option) ? size + QSize(2 * kFieldAcross, 2 * kFieldUp) : size;
    case CT_ComboBox:
        return size + QSize(2 * kFieldAcross + kArrowWidth, 2 * kFieldUp);
    case CT_PushButton:
        return size + (roleOf(widget) == WidgetRole::Main ? kMainRoom : kPushRoom);
    case CT_ToolButton:
        return size + toolRoom(widget);
    case CT_ItemViewItem: {
        const QSize base = QProxyStyle::sizeFromContents(type, option, size, widget);
        return qobject_cast<const QListView*>(widget) ? base + QSize(4, 4) : base;
    }
    default:
        return QProxyStyle::sizeFromContents(type, option, size, widget);
    }
}

QRect WorkbenchStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
    if (element == SE_LineEditContents && isFramed(option))
        return option->rect.adjusted(kFieldAcross - 2, kFieldUp, 2 - kFieldAcross, -kFieldUp);
    return QProxyStyle::subElementRect(element, option, widget);
}

QRect WorkbenchStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                     const QWidget* widget) const {
    if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option); control == CC_ScrollBar && bar) {
        const QRect handle = scrollHandle(*bar);
        const bool level = bar->orientation == Qt::Horizontal;
        if (part == SC_ScrollBarSlider) return handle;
        if (part == SC_ScrollBarGroove) return bar->rect;
        QRect page = bar->rect;
        if (part == SC_ScrollBarSubPage) level ? page.setRight(handle.left()) : page.setBottom(handle.top());
        if (part == SC_ScrollBarAddPage) level ? page.setLeft(handle.right()) : page.setTop(handle.bottom());
        const bool isPage = part == SC_ScrollBarSubPage || part == SC_ScrollBarAddPage;
        return isPage ? page : QRect(); // no arrows
    }
    if (control == CC_ComboBox) {
        QRect rect = option->rect;
        if (part == SC_ComboBoxArrow) rect.setLeft(rect.right() - kArrowWidth);
        if (part == SC_ComboBoxEditField) rect.adjust(kFieldAcross, 2, -kArrowWidth - 2, -2);
        return visualRect(option->direction, option->rect, rect);
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

void WorkbenchStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                   const QWidget* widget) const {
    const ThemeColors& c = themeColors();
    const auto* line = qobject_cast<const QLineEdit*>(widget);
    switch (element) {
    case PE_FrameFocusRect: // borders and rows tell it
    case PE_FrameLineEdit:
        return;
    case PE_PanelLineEdit:
        if (isFramed(option)) drawField(*painter, *option, widget, line && line->isReadOnly() ? c.window : c.field);
        return;
    case PE_Frame:
        return drawField(*painter, *option, widget, {});
    case PE_IndicatorCheckBox:
        return drawCheckIndicator(*painter, *option);
    case PE_PanelTipLabel:
    case PE_PanelMenu:
        return drawBox(*painter, option->rect, {.fill = c.panel, .border = c.border, .radius = 0});
    case PE_FrameMenu:
        return drawBox(*painter, option->rect, {.border = c.border, .radius = 0});
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void WorkbenchStyle::drawLabel(ControlElement element, const QStyleOption& option, QPainter& painter,
                               const QWidget* widget) const {
    const ThemeColors& c = themeColors();
    const bool enabled = option.state.testFlag(State_Enabled);
    const auto draw = [&](auto shown, QPalette::ColorRole role, const QColor& color) {
        shown.palette.setColor(role, color);
        QProxyStyle::drawControl(element, &shown, &painter, widget);
    };
    if (const auto* tool = qstyleoption_cast<const QStyleOptionToolButton*>(&option))
        return draw(*tool, QPalette::ButtonText, toolButtonText(option, widget));
    if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(&option))
        return draw(*header, QPalette::ButtonText, c.muted);
    const auto* button = qstyleoption_cast<const QStyleOptionButton*>(&option);
    if (button && element == CE_CheckBoxLabel)
        return draw(*button, QPalette::WindowText, option.state.testFlag(State_HasFocus) ? c.accent : c.text);
    const bool isMain = roleOf(widget) == WidgetRole::Main;
    if (button) return draw(*button, QPalette::ButtonText, !enabled ? c.muted : isMain ? c.onAccent : c.text);
    QProxyStyle::drawControl(element, &option, &painter, widget);
}

void WorkbenchStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                                 const QWidget* widget) const {
    const ThemeColors& c = themeColors();
    const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option);
    switch (element) {
    case CE_ShapedFrame:
        if (roleOf(widget) == WidgetRole::Card)
            return drawBox(*painter, option->rect, {.fill = c.panel, .border = c.border, .radius = 4});
        if (roleOf(widget) == WidgetRole::Line) return painter->fillRect(option->rect, c.border);
        return QProxyStyle::drawControl(element, option, painter, widget);
    case CE_Splitter:
        return;
    case CE_PushButtonBevel:
        return drawPushButton(*painter, *option, widget);
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        return drawHeaderSection(*painter, option->rect);
    case CE_ProgressBarGroove:
        return drawBox(*painter, option->rect, {.fill = c.grid, .radius = 4});
    case CE_ProgressBarContents:
        if (!bar || bar->maximum <= bar->minimum) break; // nobody knows how far: Fusion moves something
        return drawProgress(*painter, *bar);
    case CE_PushButtonLabel:
    case CE_CheckBoxLabel:
    case CE_ToolButtonLabel:
    case CE_HeaderLabel:
        return drawLabel(element, *option, *painter, widget);
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void WorkbenchStyle::drawTool(const QStyleOptionToolButton& option, QPainter& painter, const QWidget* widget) const {
    drawToolButton(painter, option, widget);
    QStyleOptionToolButton label = option;
    const bool hasMenuPart = option.features.testFlag(QStyleOptionToolButton::MenuButtonPopup);
    if (hasMenuPart) label.rect = proxy()->subControlRect(CC_ToolButton, &option, SC_ToolButton, widget);
    const QSize room = toolRoom(widget) / 2;
    label.rect.adjust(room.width() - 2, room.height() - 2, 2 - room.width(), 2 - room.height());
    proxy()->drawControl(CE_ToolButtonLabel, &label, &painter, widget);
    if (hasMenuPart)
        drawChevron(painter, proxy()->subControlRect(CC_ToolButton, &option, SC_ToolButtonMenu, widget),
                    toolButtonText(option, widget));
}

void WorkbenchStyle::drawCombo(const QStyleOptionComplex& option, QPainter& painter, const QWidget* widget) const {
    const ThemeColors& c = themeColors();
    drawField(painter, option, widget, option.state.testFlag(State_Enabled) ? c.field : c.window);
    drawChevron(painter, proxy()->subControlRect(CC_ComboBox, &option, SC_ComboBoxArrow, widget),
                option.state.testFlag(State_Enabled) ? c.text : c.muted);
}

void WorkbenchStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                        const QWidget* widget) const {
    if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option); control == CC_ScrollBar && bar) {
        if (bar->maximum > bar->minimum) drawScrollHandle(*painter, *bar, scrollHandle(*bar));
        return;
    }
    if (const auto* tool = qstyleoption_cast<const QStyleOptionToolButton*>(option); control == CC_ToolButton && tool)
        return drawTool(*tool, *painter, widget);
    if (control == CC_ComboBox) return drawCombo(*option, *painter, widget);
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

} // namespace levi
