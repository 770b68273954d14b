// SPDX-License-Identifier: Apache-2.0
#include "app/verbs.h"
#include "core/base/error.h"
#include "core/jobs/worker.h"

#include <CLI/CLI.hpp>

#include <sys/socket.h>
#include <unistd.h>

namespace levi {
namespace {

int work() {
    int type = 0;
    socklen_t size = sizeof type;
    if (::getsockopt(STDIN_FILENO, SOL_SOCKET, SO_TYPE, &type, &size) != 0)
        throw Error("`levi {}` is started by levi itself, for --at-once", kWorkerVerb);
    serveRuns(STDIN_FILENO);
    return kDone;
}

} // namespace

void addWorkerVerb(CLI::App& app, Verb& verb) {
    auto* worker = app.add_subcommand(kWorkerVerb, "Carry out runs for another levi");
    worker->group(""); // not in the help
    worker->callback([&verb] { verb = work; });
}

} // namespace levi
