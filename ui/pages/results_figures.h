// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/results_view.h"
#include "ui/widgets/difference_plot.h"
#include "ui/widgets/domain_plot.h"
#include "ui/widgets/id_ood_plot.h"

#include <set>

namespace levi {

// From a view to what the plots take: scaled as it is shown, so percent where the metric is a share. Of the settings in
// `only`; of all where it is empty.
IdOodValues idOodValues(const ResultsView& view, const std::set<QString>& only = {});
DomainValues domainValues(const ResultsView& view, const std::set<QString>& only = {});
DifferenceValues differenceValues(const ResultsView& view, const std::set<QString>& only = {});
// What stands below them: what a mark is, what its whiskers are, of how many seeds.
QString idOodDescription(const ResultsView& view);
QString domainDescription(const ResultsView& view);
QString differenceDescription(const ResultsView& view);

} // namespace levi
