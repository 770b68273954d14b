// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/store/run_store.h"

#include <QTemporaryDir>

#include <filesystem>
#include <string>

namespace levi::test {

inline NewRun newRun(const std::string& name = "LEVI", std::uint64_t seed = 0) {
    return {.specJson = R"({"method":{"kind":"levi"}})",
            .canonicalText = "method.kind=levi\n",
            .cell = "0123456789abcdef",
            .name = name,
            .method = "levi",
            .taps = "8-12",
            .seed = seed,
            .environment = {{"device", "cpu"}}};
}

inline CandidateRecord candidate(std::int64_t epoch, double accuracy) {
    return {.epoch = epoch,
            .step = epoch * 10,
            .trainLoss = 0.5,
            .seconds = static_cast<double>(epoch),
            .metrics = {{"id_val", "", "accuracy", accuracy, 100},
                        {"ood_test/sketch", "sketch", "accuracy", accuracy / 2, 50},
                        {"id_test", "", "auc", std::nullopt, 60}}};
}

class Folder {
public:
    std::filesystem::path path(const char* name) const {
        return m_folder.filePath(QString::fromUtf8(name)).toStdString();
    }

private:
    QTemporaryDir m_folder;
};

} // namespace levi::test
