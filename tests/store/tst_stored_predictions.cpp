// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"
#include "core/base/files.h"
#include "core/store/stored_predictions.h"
#include "tests/store/made_runs.h"
#include "tests/support/predictions_file.h"
#include "tests/support/test_main.h"

#include <QTest>

#include <cmath>
#include <functional>

using namespace levi;
using namespace levi::test;

namespace {

const std::vector<MadeRole> kRoles = {
    {.role = "id_val", .rows = {"a", "b"}, .labels = {0, 1}, .domains = {0, 0}, .logits = {1, 0, 2, 2}},
    {.role = "ood_test/sketch", .rows = {"c"}, .labels = {1}, .domains = {1}, .logits = {NAN, 1}}};

// A file with one thing wrong.
using Tensors = std::vector<MadeTensor>;
using Change = std::function<void(Tensors&, nlohmann::json&)>;

std::string errorOf(const std::function<void()>& act) {
    try {
        act();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace
Q_DECLARE_METATYPE(Change)

class TestStoredPredictions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsWhatARunAnswered() {
        const Folder folder;
        writeFileAtomically(folder.path("p"), predictionsBytes(kRoles));
        const auto read = readStoredPredictions(folder.path("p"));
        QCOMPARE(read.classes, (std::vector<std::string>{"cat", "dog"}));
        QCOMPARE(read.roles.size(), std::size_t{2});
        QCOMPARE(read.roles[0].rows, (std::vector<std::string>{"a", "b"}));
        QCOMPARE(read.roles[0].labels, (std::vector<std::int64_t>{0, 1}));
        QCOMPARE(read.roles[0].predicted, (std::vector<std::int64_t>{0, 0})); // a tie: the lower class
        QCOMPARE(read.roles[1].predicted, (std::vector<std::int64_t>{-1}));   // not a number
        QCOMPARE(read.roles[1].domains, (std::vector<std::int64_t>{1}));
        QVERIFY(read.roles[0].groups.empty() && read.roles[0].users.empty());
    }

    void readsGroupsAndUsers() {
        const Folder folder;
        auto tensors = predictionTensors(kRoles);
        tensors.push_back({"groups", "I64", {3}, bytesOf(std::vector<std::int64_t>{0, 3, 1})});
        tensors.push_back({"users", "I64", {3}, bytesOf(std::vector<std::int64_t>{7, 7, 9})});
        writeFileAtomically(folder.path("p"), safetensorsBytes(tensors, predictionMetadata(kRoles)));
        const auto read = readStoredPredictions(folder.path("p"));
        QCOMPARE(read.roles[0].groups, (std::vector<std::int64_t>{0, 3}));
        QCOMPARE(read.roles[1].users, std::vector<std::int64_t>{9});
    }

    void readsNumbers() {
        const Folder folder;
        auto tensors = predictionTensors(kRoles);
        std::erase_if(tensors,
                      [](const MadeTensor& tensor) { return tensor.name == "labels" || tensor.name == "logits"; });
        tensors.push_back({"targets", "F64", {3}, bytesOf(std::vector<double>{1, 2, 3})});
        tensors.push_back({"logits", "F32", {3, 1}, bytesOf(std::vector<float>{1.5F, 2, 2.5F})});
        auto metadata = predictionMetadata(kRoles);
        metadata["classes"] = "[]";
        metadata["target"] = "number";
        writeFileAtomically(folder.path("p"), safetensorsBytes(tensors, metadata));
        const auto read = readStoredPredictions(folder.path("p"));
        QVERIFY(read.areNumbers);
        QCOMPARE(read.roles[0].targets, (std::vector<double>{1, 2}));
        QCOMPARE(read.roles[1].numbers, std::vector<double>{2.5});
        QVERIFY(read.roles[0].labels.empty());
        metadata["target"] = "ranking";
        writeFileAtomically(folder.path("q"), safetensorsBytes(tensors, metadata));
        QVERIFY(errorOf([&] { readStoredPredictions(folder.path("q")); }).find("ranking") != std::string::npos);
    }

    void refusesWhatDoesNotFit_data() {
        QTest::addColumn<Change>("change");
        const auto row = [](const char* name, const Change& change) { QTest::newRow(name) << change; };
        row("another format", [](Tensors&, nlohmann::json& meta) { meta["format"] = "levi weights 1"; });
        row("no classes", [](Tensors&, nlohmann::json& meta) { meta.erase("classes"); });
        row("classes are numbers", [](Tensors&, nlohmann::json& meta) { meta["classes"] = "[1, 2]"; });
        row("three classes", [](Tensors&, nlohmann::json& meta) { meta["classes"] = R"(["a", "b", "c"])"; });
        row("a role more", [](Tensors&, nlohmann::json& meta) { meta["roles"] = R"(["x", "y", "z"])"; });
        row("one domain", [](Tensors&, nlohmann::json& meta) { meta["domains"] = R"(["photo"])"; });
        row("no logits", [](Tensors& tensors, nlohmann::json&) { tensors.erase(tensors.begin() + 3); });
        row("labels are floats", [](Tensors& tensors, nlohmann::json&) { tensors[0].dtype = "F64"; });
        row("a label too high", [](Tensors& tensors, nlohmann::json&) { tensors[0].bytes[0] = 2; });
        row("a role too long", [](Tensors& tensors, nlohmann::json&) { tensors[2].bytes[0] = 9; });
        row("a role too short", [](Tensors& tensors, nlohmann::json&) { tensors[2].bytes[0] = 1; });
        row("a negative role", [](Tensors& tensors, nlohmann::json&) { tensors[2].bytes[7] = '\xff'; });
        row("an id without end", [](Tensors& tensors, nlohmann::json&) { tensors[4].bytes.back() = 'x'; });
        row("two users of three rows", [](Tensors& tensors, nlohmann::json&) {
            tensors.push_back({"users", "I64", {2}, bytesOf(std::vector<std::int64_t>{1, 2})});
        });
        row("an id more", [](Tensors& tensors, nlohmann::json&) { tensors[4].bytes[0] = '\0'; });
    }

    void refusesWhatDoesNotFit() {
        QFETCH(Change, change);
        const Folder folder;
        auto tensors = predictionTensors(kRoles);
        auto metadata = predictionMetadata(kRoles);
        change(tensors, metadata);
        writeFileAtomically(folder.path("p"), safetensorsBytes(tensors, metadata));
        const std::string error = errorOf([&] { readStoredPredictions(folder.path("p")); });
        QVERIFY2(error.starts_with(folder.path("p").string()), error.c_str());
    }

    void keepsTheSeal() {
        const Folder folder;
        RunStore store(folder.path("s"));
        store.createStudy({.name = "main"}, true);
        auto begun = newRun();
        begun.study = "main";
        const auto id = store.beginRun(begun);
        writeFileAtomically(store.artifactFolder() / "run-1/p", predictionsBytes(kRoles));
        store.addArtifact(id, {.kind = "predictions", .path = "run-1/p"});
        store.endRun(id, {});
        QVERIFY(errorOf([&] { predictionsOf(store, id); }).find("sealed") != std::string::npos);
        store.unseal("main", "done");
        QCOMPARE(predictionsOf(store, id).roles.size(), std::size_t{2});
        const auto bare = store.beginRun(newRun());
        QVERIFY(errorOf([&] { predictionsOf(store, bare); }).find("kept no predictions") != std::string::npos);
        QVERIFY(!errorOf([&] { predictionsOf(store, 99); }).empty());
    }
};

LEVI_TEST(TestStoredPredictions)
#include "tst_stored_predictions.moc"
