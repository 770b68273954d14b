// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/stats/selection_rules.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <cmath>

using namespace levi;

using Candidates = std::vector<CandidateFigures>;
Q_DECLARE_METATYPE(Candidates)
Q_DECLARE_METATYPE(levi::CandidateRule)
Q_DECLARE_METATYPE(levi::Preference)
Q_DECLARE_METATYPE(levi::SweepRule)

namespace {

constexpr int kNobody = -1;

// PACS-like: three environments, `out` a little below `in`.
SweepRecord record(std::vector<int> testEnvs, std::int64_t hparams, double step, std::vector<double> in) {
    SweepRecord made{.dataset = "PACS",
                     .algorithm = "ERM",
                     .testEnvs = std::move(testEnvs),
                     .hparamsSeed = hparams,
                     .step = step,
                     .inAccuracy = in,
                     .outAccuracy = in};
    for (double& accuracy : made.outAccuracy)
        accuracy -= 0.125;
    return made;
}

double answer(const std::vector<SweepRecord>& records, SweepRule rule, int testEnv = 0) {
    for (const SweepGroup& group : selectFromSweep(records, rule))
        if (group.testEnv == testEnv) return group.accuracy.value_or(-1);
    return -2;
}

} // namespace

class TestSelectionRules : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void picksACandidate_data() {
        QTest::addColumn<Candidates>("candidates");
        QTest::addColumn<levi::CandidateRule>("rule");
        QTest::addColumn<levi::Preference>("preference");
        QTest::addColumn<int>("picked");
        const auto row = [](const char* name, Candidates candidates, CandidateRule rule, int picked,
                            levi::Preference by = {}) {
            QTest::newRow(name) << std::move(candidates) << rule << by << picked;
        };
        const Candidates three = {{{"id_val", {0.8, 0.5}}, {"ood_val", {0.6, 0.9}}},
                                  {{"id_val", {0.9, 0.4}}, {"ood_val", {0.5, 0.8}}},
                                  {{"id_val", {0.9, 0.3}}, {"ood_val", {0.4, 0.7}}}};
        row("by accuracy", three, CandidateRule::IdVal, 2);
        row("a tie goes to the lower nll", {three[1], three[0], three[2]}, CandidateRule::IdVal, 2);
        row("then to the earlier one", {three[1], three[1]}, CandidateRule::IdVal, 0);
        row("by nll alone", {{{"id_val", {0.9, 0.4}}}, {{"id_val", {0.1, 0.3}}}}, CandidateRule::IdVal, 1,
            {.by = SelectBy::Nll});
        row("a tie goes to the earlier one of a fit at once", {three[1], three[0], three[2]}, CandidateRule::IdVal, 0,
            {.ties = levi::Ties::Earlier});
        const auto number = [](double rmse) { return levi::SelectionFigures{.rmse = rmse}; };
        row("numbers by rmse, whatever is said",
            {{{"id_val", number(2)}}, {{"id_val", number(1)}}, {{"id_val", number(1)}}}, CandidateRule::IdVal, 1,
            {.by = SelectBy::Nll});
        row("an oracle of numbers",
            {{{"ood_test/a", number(1)}, {"ood_test/b", number(4)}},
             {{"ood_test/a", number(2)}, {"ood_test/b", number(2)}}},
            CandidateRule::OracleOod, 1);
        row("on ood_val", three, CandidateRule::OodVal, 0);
        const Candidates domains = {
            {{"id_val", {0.9, 0.2}}, {levi::kDomainsOfIdVal, {0.6, 0.5}}},
            {{"id_val", {0.7, 0.3}}, {levi::kDomainsOfIdVal, {0.8, 0.9}}},
            {{"id_val", {0.8, 0.1}}, {levi::kDomainsOfIdVal, {0.8, 0.1}}},
        };
        row("the mean over training domains, then the earlier", domains, CandidateRule::TrainingDomain, 1);
        row("and by accuracy, whatever the run went by", domains, CandidateRule::TrainingDomain, 1,
            {.by = SelectBy::Nll});
        row("the last", three, CandidateRule::Last, 2);
        row("the last, without any figure", {{}, {}}, CandidateRule::Last, 1);
        row("nobody", {}, CandidateRule::Last, kNobody);
        row("no such role", three, CandidateRule::OracleId, kNobody);
        row("one lacks the role", {{}, three[0]}, CandidateRule::IdVal, 1);
        const Candidates tested = {{{"id_test", {0.9, 1}}, {"ood_test/a", {0.5, 1}}, {"ood_test/b", {0.9, 1}}},
                                   {{"id_test", {0.8, 1}}, {"ood_test/a", {0.8, 1}}, {"ood_test/b", {0.8, 1}}}};
        row("an oracle of the mean over domains", tested, CandidateRule::OracleOod, 1);
        row("an oracle of id_test", tested, CandidateRule::OracleId, 0);
    }

    void picksACandidate() {
        QFETCH(Candidates, candidates);
        QFETCH(levi::CandidateRule, rule);
        QFETCH(levi::Preference, preference);
        QFETCH(int, picked);
        const auto place = pickCandidate(candidates, rule, preference);
        QCOMPARE(place ? static_cast<int>(*place) : kNobody, picked);
    }

    void namesItsRules() {
        for (const std::string& name : candidateRuleNames())
            QCOMPARE(nameOf(candidateRuleNamed(name)), name);
        for (const std::string& name : sweepRuleNames())
            QCOMPARE(nameOf(sweepRuleNamed(name)), name);
        QVERIFY(isOracle(candidateRuleNamed("oracle_ood")) && !isOracle(candidateRuleNamed("ood_val")));
        QVERIFY_EXCEPTION_THROWN(candidateRuleNamed("best"), Error);
        QVERIFY_EXCEPTION_THROWN(sweepRuleNamed("id_val"), Error);
    }

    void selectsFromASweep() {
        // Hyper-parameters 1 are better on the other environments, 0 on the test environment; each peaks before its
        // end.
        const std::vector<SweepRecord> records = {
            record({0}, 0, 0, {0.50, 0.5, 0.5}),   record({0}, 0, 300, {0.90, 0.6, 0.6}),
            record({0}, 0, 600, {0.80, 0.5, 0.5}), record({0}, 1, 0, {0.40, 0.7, 0.9}),
            record({0}, 1, 300, {0.30, 0.5, 0.5}), record({0}, 1, 600, {0.20, 0.5, 0.5})};
        QCOMPARE(answer(records, SweepRule::TrainingDomain), 0.40);
        QCOMPARE(answer(records, SweepRule::Oracle), 0.80);
        QCOMPARE(answer(records, SweepRule::LeaveOneDomainOut), -1.0); // no run holds out a second environment
    }

    void leavesOneDomainOut() {
        std::vector<SweepRecord> records = {
            record({0}, 0, 0, {0.1, 0.9, 0.9}),    record({0}, 0, 300, {0.2, 0.1, 0.1}),
            record({0, 1}, 0, 0, {0.9, 0.2, 0.9}), record({1, 0}, 0, 300, {0.9, 0.6, 0.9}),
            record({0, 2}, 0, 0, {0.9, 0.9, 0.2}), record({2, 0}, 0, 300, {0.9, 0.9, 0.4})};
        QCOMPARE(answer(records, SweepRule::LeaveOneDomainOut), 0.2); // step 300: (0.6 + 0.4) / 2
        records.pop_back();
        QCOMPARE(answer(records, SweepRule::LeaveOneDomainOut), 0.1); // step 300 is incomplete now
        QCOMPARE(answer(records, SweepRule::LeaveOneDomainOut, 2), -1.0);
        records.push_back(records.front()); // two runs claim to be the same one
        QCOMPARE(answer(records, SweepRule::LeaveOneDomainOut), -1.0);
    }

    void breaksTiesAsDomainBedDoes() {
        const std::vector<SweepRecord> records = {
            record({0}, 3, 0, {0.1, 0.5, 0.5}), record({0}, 3, 300, {0.2, 0.5, 0.5}),
            record({0}, 7, 0, {0.3, 0.5, 0.5}), record({0}, 7, 300, {0.4, 0.5, 0.5})};
        QCOMPARE(answer(records, SweepRule::TrainingDomain), 0.3); // the higher seed, the earlier step
    }

    void refusesUnequalEnvironments() {
        const std::vector<SweepRecord> unequal = {record({0}, 0, 0, {0.1, 0.2}), record({0}, 0, 1, {0.1, 0.2, 0.3})};
        QVERIFY_EXCEPTION_THROWN(selectFromSweep(unequal, SweepRule::Oracle), Error);
        const std::vector<SweepRecord> outside = {record({2}, 0, 0, {0.1, 0.2})};
        QVERIFY_EXCEPTION_THROWN(selectFromSweep(outside, SweepRule::Oracle), Error);
    }

    // numpy's means of 1, 1/2, ..., 1/n where a plain sum gives another last digit.
    void addsAsNumpyDoes_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<double>("mean");
        QTest::newRow("24") << 24 << 0.15733159073972947;
        QTest::newRow("26") << 26 << 0.14824691216211713;
        QTest::newRow("300") << 300 << 0.02094221293433168;
    }

    void addsAsNumpyDoes() {
        QFETCH(int, count);
        QFETCH(double, mean);
        std::vector<double> values;
        for (int i = 1; i <= count; ++i)
            values.push_back(1.0 / i);
        QVERIFY(numpyMean(values) == mean);
        QVERIFY(std::isnan(numpyMean({})));
    }
};

LEVI_TEST(TestSelectionRules)
#include "tst_selection_rules.moc"
