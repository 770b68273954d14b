// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs_page.h"

#include "ui/widgets/empty_state.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace levi {

RunsPage::RunsPage(const PageContext& context, QWidget* parent) : Page(context, parent) {
    auto* layout = new QVBoxLayout(this);
    auto* empty = new EmptyState({.iconName = QStringLiteral("runs"),
                                  .heading = tr("Nothing here yet"),
                                  .sentence = tr("Start with a spec."),
                                  .button = tr("Go to Setup")});
    connect(empty->button(), &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(PageKind::Setup); });
    layout->addWidget(empty);
}

} // namespace levi
