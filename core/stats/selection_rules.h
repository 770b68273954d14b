// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/spec/train_options.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

struct ExperimentSpec;

// Which of a run's candidates is reported. The oracle rules read test roles: a figure that they picked is marked so,
// wherever it stands. OracleOod takes the unweighted mean over the roles ood_test/…. TrainingDomain is DomainBed's
// training-domain validation within a run: the unweighted mean over the training domains of the accuracy on id_val,
// where each counts as much as another however many rows it has; of equal ones the earlier.
enum class CandidateRule { IdVal, OodVal, TrainingDomain, Last, OracleId, OracleOod };

const std::string& nameOf(CandidateRule rule); // id_val ood_val training_domain last oracle_id oracle_ood
const std::vector<std::string>& candidateRuleNames();
CandidateRule candidateRuleNamed(std::string_view name); // throws Error listing them
bool isOracle(CandidateRule rule);

// The figures that a rule may go by: the two of classes, or the one of predicted numbers.
struct SelectionFigures {
    double accuracy = 0, nll = 0;
    std::optional<double> rmse; // present: numbers were predicted, and nothing else counts
};
// Which one of two candidates that are equally accurate is the better one. Earlier: of fits at once, whose candidates
// come in a stated order of preference (strong penalties first).
enum class Ties { LowerNll, Earlier };

// By accuracy with its ties, or by nll alone; predicted numbers by their rmse, whatever it says.
struct Preference {
    SelectBy by = SelectBy::Accuracy;
    Ties ties = Ties::LowerNll;
};
Preference preferenceOf(const ExperimentSpec& spec); // train.select_by; of a fit at once accuracy, then the earlier
// Of two that are equal neither is better: the earlier stays.
bool isBetter(const SelectionFigures& a, const SelectionFigures& b, const Preference& preference);

// What a rule sees of a candidate: figures over all rows of each role that was measured and is finite, and under
// kDomainsOfIdVal their mean over the domains of id_val.
inline constexpr const char* kDomainsOfIdVal = "id_val, mean over domains";
using CandidateFigures = std::map<std::string, SelectionFigures>;

// The place of the candidate that the rule picks, in the order in which they were measured. A candidate that lacks what
// the rule reads is passed over; nothing where all do.
std::optional<std::size_t> pickCandidate(std::span<const CandidateFigures> candidates, CandidateRule rule,
                                         const Preference& preference = {});

// DomainBed (Gulrajani and Lopez-Paz 2021): a checkpoint of a run in a sweep. Environments are numbered from 0; `in` is
// the larger split of an environment, `out` the held-out fifth.
struct SweepRecord {
    std::string dataset, algorithm;
    std::vector<int> testEnvs;
    std::int64_t trialSeed = 0, hparamsSeed = 0;
    double step = 0;
    std::vector<double> inAccuracy, outAccuracy; // an environment each
};

// TrainingDomain: best mean of out accuracies over the other environments, over steps and hyper-parameters.
// LeaveOneDomainOut: best mean over the other environments v of v's in accuracy in the run that held out {test, v}.
// Oracle: last step; best out accuracy of the test environment over hyper-parameters.
enum class SweepRule { TrainingDomain, LeaveOneDomainOut, Oracle };

const std::string& nameOf(SweepRule rule); // training_domain leave_one_domain_out oracle
const std::vector<std::string>& sweepRuleNames();
SweepRule sweepRuleNamed(std::string_view name); // throws Error listing them

// What a sweep says of one algorithm on one test environment: in accuracy of the test environment at the pick.
struct SweepGroup {
    std::string dataset, algorithm;
    int testEnv = 0;
    std::int64_t trialSeed = 0;
    std::optional<double> accuracy; // absent where the rule has no answer: runs that it needs are missing
};

// In order of data set, algorithm, test environment, trial. A tie goes to the higher hparams_seed, within one of those
// to the earlier step (oracle: to the later record). Throws Error where the records of a data set differ in their
// number of environments, or a test environment is none of them.
std::vector<SweepGroup> selectFromSweep(std::span<const SweepRecord> records, SweepRule rule);

// As numpy adds: pairwise in blocks of eight from eight values on, so that means agree to the last digit.
double numpyMean(std::span<const double> values); // NaN without a value

} // namespace levi
