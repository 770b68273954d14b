// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/results_page.h"

#include "ui/widgets/empty_state.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace levi {

ResultsPage::ResultsPage(const PageContext& context, QWidget* parent) : Page(context, parent) {
    auto* layout = new QVBoxLayout(this);
    auto* empty = new EmptyState({.iconName = QStringLiteral("results"),
                                  .heading = tr("Nothing here yet"),
                                  .sentence = tr("Start with a spec."),
                                  .button = tr("Go to Setup")});
    connect(empty->button(), &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(PageKind::Setup); });
    layout->addWidget(empty);
}

} // namespace levi
