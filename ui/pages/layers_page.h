// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/page.h"
#include "ui/widgets/method_picture.h"

#include <set>
#include <vector>

class QComboBox;
class QLabel;
class QStackedWidget;
class QToolButton;

namespace levi {

class CostPanel;
class LayerPicker;

// The picture of the method, in which its layers are picked, and what it costs.
class LayersPage : public Page {
    Q_OBJECT

public:
    explicit LayersPage(const PageContext& context, QWidget* parent = nullptr);
    QWidget* firstFocus() override;

Q_SIGNALS:
    void backboneWanted(); // the field where one is named

protected:
    void showEvent(QShowEvent* event) override;

private:
    void showDraft(); // when it is seen
    QWidget* makeToolLine();
    QWidget* makePicture();
    QWidget* makeEmptyState();
    void connectParts();
    void showMethod();
    void showPicture();
    void takeTaps(const std::vector<int>& taps);
    void exportPicture(const QString& ending);

    QComboBox* m_method;
    QLabel* m_taps;
    QWidget* m_presets;
    QToolButton* m_export;
    QStackedWidget* m_stack;
    LayerPicker* m_picker;
    QLabel* m_hint;
    CostPanel* m_cost;
    std::set<int> m_unfolded;
    std::string m_unfoldedOf; // which backbone
    bool m_isStale = false;   // something changed while the page was hidden
};

} // namespace levi
