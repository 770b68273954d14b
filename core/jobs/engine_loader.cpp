// SPDX-License-Identifier: Apache-2.0
#include "core/jobs/engine_loader.h"

#include "core/base/error.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_entry.h"

#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <utility>

#include <dlfcn.h>

namespace levi {
namespace {

namespace fs = std::filesystem;

struct Loaded {
    std::mutex mutex;
    std::shared_ptr<Engine> forTests;
    Engine* engine = nullptr; // lives as long as the program: LibTorch does not like to be unloaded
};

Loaded& loaded() {
    static Loaded instance;
    return instance;
}

// Beside the library that this code lies in, or in levi/ there.
fs::path engineFile() {
    if (const char* given = std::getenv("LEVI_ENGINE"); given && *given) return given;
    Dl_info info{};
    fs::path folder;
    if (::dladdr(reinterpret_cast<const void*>(&engineFile), &info) && info.dli_fname)
        folder = fs::path(info.dli_fname).parent_path();
    std::error_code code;
    for (const fs::path& file : {folder / "liblevi_engine.so", folder / "levi/liblevi_engine.so"})
        if (fs::exists(file, code)) return file;
    return folder / "liblevi_engine.so";
}

template<typename Function>
Function* functionOf(void* library, const char* name, const fs::path& file) {
    if (void* symbol = ::dlsym(library, name)) return reinterpret_cast<Function*>(symbol);
    throw Error("{}: is no engine of LEVI Workbench: '{}' is missing", file.string(), name);
}

Engine* load(const fs::path& file) {
    std::error_code code;
    if (!fs::exists(file, code))
        throw Error("The engine is missing: there is no {}. Build it, or set LEVI_ENGINE to it", file.string());
    // By default idle OpenMP threads spin. Beside any other busy program that starves the one thread they wait for:
    // with two threads on two busy cores the demo did 67 steps in 30 s, and 1,520 with threads that sleep. Threads that
    // sleep at once, though, are woken for every small operation: fine-tuning the demo took 6.8 s on two idle cores,
    // and 3.8 s where they look a thousand times before they sleep (14.1 against 13.3 s beside three busy programs).
    // libgomp reads this when it is loaded; what the user set stays.
    if (!std::getenv("OMP_WAIT_POLICY")) ::setenv("GOMP_SPINCOUNT", "1000", 0);
    ::setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
    void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char* reason = ::dlerror();
        throw Error("The engine cannot be loaded: {}. Stored runs can still be read; training needs LibTorch",
                    reason ? reason : file.string());
    }
    const int found = functionOf<int()>(library, "leviEngineInterface", file)();
    if (found != kEngineInterface)
        throw Error("{}: has interface {}, this program needs {}; build both from the same sources", file.string(),
                    found, kEngineInterface);
    return functionOf<Engine*()>(library, "leviMakeEngine", file)();
}

} // namespace

Engine& engine() {
    Loaded& state = loaded();
    const std::lock_guard lock(state.mutex);
    if (state.forTests) return *state.forTests;
    if (!state.engine) state.engine = load(engineFile());
    return *state.engine;
}

void setEngineForTests(std::shared_ptr<Engine> engine) {
    const std::lock_guard lock(loaded().mutex);
    loaded().forTests = std::move(engine);
}

} // namespace levi
