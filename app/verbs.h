// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace levi {

// What `levi` ends with.
enum ExitCode { kDone = 0, kFailed = 1, kInvalid = 2, kCancelled = 130 };

// What was asked for on the command line: set by the callback of the one verb that was named. Returns an exit code;
// what it throws ends in main().
using Verb = std::function<int()>;

inline constexpr const char* kWorkerVerb = "worker";

// Each declares its verb with options and help.
void addDemoVerb(CLI::App& app, Verb& verb);
void addPretrainDemoVerb(CLI::App& app, Verb& verb);
void addRunVerb(CLI::App& app, Verb& verb);
void addSweepVerb(CLI::App& app, Verb& verb);
void addRunsVerb(CLI::App& app, Verb& verb);
void addShowVerb(CLI::App& app, Verb& verb);
void addTableVerb(CLI::App& app, Verb& verb);
void addCompareVerb(CLI::App& app, Verb& verb);
void addReportVerb(CLI::App& app, Verb& verb);
void addExportVerb(CLI::App& app, Verb& verb);
void addImportVerb(CLI::App& app, Verb& verb);
void addSelectVerb(CLI::App& app, Verb& verb);
void addStudyVerb(CLI::App& app, Verb& verb);
void addInspectVerb(CLI::App& app, Verb& verb);
void addGoldenVerb(CLI::App& app, Verb& verb);
void addPreprocessVerb(CLI::App& app, Verb& verb);
void addPredictVerb(CLI::App& app, Verb& verb);
void addBenchVerb(CLI::App& app, Verb& verb);
void addTokenizeVerb(CLI::App& app, Verb& verb);
void addDoctorVerb(CLI::App& app, Verb& verb);
void addWorkerVerb(CLI::App& app, Verb& verb); // for ourselves: see core/jobs/worker.h
void addDocsVerb(CLI::App& app, Verb& verb);

} // namespace levi
