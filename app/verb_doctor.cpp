// SPDX-License-Identifier: Apache-2.0
#include "app/run_json.h"
#include "app/store_lookup.h"
#include "app/verbs.h"
#include "core/base/files.h"
#include "core/base/numbers.h"
#include "core/jobs/engine.h"
#include "core/jobs/engine_loader.h"
#include "core/jobs/environment.h"
#include "core/report/escape.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <functional>
#include <memory>
#include <system_error>

namespace levi {
namespace {

namespace fs = std::filesystem;

struct DoctorArguments {
    fs::path store;
    bool json = false;
};

struct Finding {
    std::string name, text;
    bool isProblem = false;
};

// What a look at something says, or its error.
Finding finding(std::string name, const std::function<std::string()>& look) {
    try {
        return {std::move(name), look()};
    } catch (const std::exception& error) {
        return {std::move(name), error.what(), true};
    }
}

std::string storeText(const fs::path& file) {
    std::error_code code;
    if (!fs::exists(file, code)) return file.string() + ": not there yet, the first run makes it";
    return fmt::format("{}: {} runs", file.string(), RunStore(file, RunStore::Access::Read).runs().size());
}

std::string cacheText() {
    std::uint64_t bytes = 0;
    std::error_code code;
    const auto options = fs::directory_options::skip_permission_denied;
    for (auto it = fs::recursive_directory_iterator(cacheHome(), options, code); !code && it != fs::end(it);
         it.increment(code))
        if (std::error_code own; it->is_regular_file(own)) bytes += it->file_size(own);
    return fmt::format("{}: {}", cacheHome().string(), bytesText(bytes));
}

std::string engineText() {
    const EngineInfo info = engine().info();
    return fmt::format("LibTorch {}, CPU {}, CUDA {}, prepacked linears {}", info.torchVersion, info.cpuCapability,
                       info.cudaVersion.empty() ? "none" : info.cudaVersion, info.hasPackedLinear ? "yes" : "no");
}

void addDevices(std::vector<Finding>& findings) {
    for (const DeviceInfo& device : engine().devices())
        findings.push_back({device.id, fmt::format("{}, {} of {} free", device.name, bytesText(device.freeBytes),
                                                   bytesText(device.totalBytes))});
    if (const std::string problem = engine().info().cudaProblem; !problem.empty())
        findings.push_back({"GPU", problem}); // worth knowing, nothing is broken
}

std::vector<Finding> look(const DoctorArguments& arguments) {
    std::vector<Finding> findings;
    for (const NamedText& text : programEnvironment())
        findings.push_back({text.name, text.text});
    findings.push_back(finding("resources", [] { return resourceHome().string(); }));
    findings.push_back(finding("store", [&] { return storeText(arguments.store); }));
    findings.push_back(finding("cache", cacheText));
    findings.push_back(finding("engine", engineText));
    if (!findings.back().isProblem) addDevices(findings);
    return findings;
}

int doctor(const DoctorArguments& arguments) {
    bool isWell = true;
    Json json = Json::object();
    for (const Finding& found : look(arguments)) {
        isWell = isWell && !found.isProblem;
        json[found.name] = found.text;
        if (!arguments.json)
            fmt::print("{} {:<14} {}\n", found.isProblem ? "!" : " ", cleanLine(found.name), cleanLine(found.text));
    }
    json["well"] = isWell;
    if (arguments.json) printJson(json, 2);
    return isWell ? kDone : kFailed;
}

} // namespace

void addDoctorVerb(CLI::App& app, Verb& verb) {
    auto* doctorVerb =
        app.add_subcommand("doctor", "Look at engine, devices, store and cache; exit 1 where one is broken");
    auto arguments = std::make_shared<DoctorArguments>();
    addStoreOption(*doctorVerb, arguments->store);
    doctorVerb->add_flag("--json", arguments->json, "As one JSON object");
    doctorVerb->callback([arguments, &verb] { verb = [arguments] { return doctor(*arguments); }; });
}

} // namespace levi
