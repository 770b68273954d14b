// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/fields.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace levi {

// What to do with a file or row that cannot be read: stop the load and name it, or count it and go on without it.
enum class BrokenFiles { Stop, Skip };
template<>
inline const std::vector<std::string> kEnumNames<BrokenFiles> = {"stop", "skip"};

// How the in-distribution rows are divided. Shares are of each domain and class (of numbers: of each domain); the rest
// is `train`.
struct SplitOptions {
    std::uint64_t splitSeed = 0; // its own seed, so that all training seeds can share one split
    double valShare = 0.15;      // id_val
    double testShare = 0.15;     // id_test
    std::int64_t trainLimit = 0; // at most so many training rows, drawn by splitSeed; 0: all
};

// Which domains are in distribution and which are not.
struct DomainOptions {
    std::vector<std::string> id;     // domains; empty: all that are not named below
    std::vector<std::string> ood;    // domains: roles ood_test/<domain>
    std::vector<std::string> oodVal; // domains of the optional role ood_val
};

// `drawsTest`: whether test_share counts.
std::optional<std::string> sharesProblem(const SplitOptions& o, bool drawsTest);
std::optional<std::string> domainsProblem(const DomainOptions& o); // one that is named twice

template<typename S>
using AppliesTo = std::function<bool(const S&)>;

// `drawsTest`: whether id_test is drawn at all.
template<typename S>
void addSplit(
    Fields<S>& f, const AppliesTo<S>& drawsTest = [](const S&) { return true; }) {
    f.add("split_seed", &SplitOptions::splitSeed, "Split seed")
        .help("Seed of the split into train, id_val and id_test; its own field, so that all training seeds share one "
              "split.");
    f.add("val_share", &SplitOptions::valShare, "Validation share")
        .range(0.01, 0.9)
        .help("Share of each in-distribution domain and class that becomes id_val, which chooses epochs and settings.")
        .check([drawsTest](const ExperimentSpec&, const S& o) { return sharesProblem(o, drawsTest(o)); });
    f.add("test_share", &SplitOptions::testShare, "Test share")
        .range(0.01, 0.9)
        .when(drawsTest)
        .help("Share of each in-distribution domain and class that becomes id_test, which chooses nothing.");
    f.add("train_limit", &SplitOptions::trainLimit, "Training rows at most")
        .unit("rows")
        .atLeast(0)
        .advanced()
        .help("Keeps at most so many training rows, drawn by the split seed; 0 keeps all.");
}

template<typename S>
void addDomains(
    Fields<S>& f, const AppliesTo<S>& applies = [](const S&) { return true; }) {
    f.add("id", &DomainOptions::id, "In-distribution domains")
        .when(applies)
        .help("Domains to train on and to test in distribution; empty: all that are not named as out-of-distribution.")
        .check([](const ExperimentSpec&, const S& o) { return domainsProblem(o); });
    f.add("ood", &DomainOptions::ood, "Out-of-distribution domains")
        .when(applies)
        .help("Domains to test out of distribution; each one is a role ood_test/<domain>.");
    f.add("ood_val", &DomainOptions::oodVal, "OOD validation domains")
        .advanced()
        .when(applies)
        .help("Domains of the optional role ood_val: only rules that say so may look at it.");
}

} // namespace levi
