// SPDX-License-Identifier: Apache-2.0
#include "core/engine/devices.h"

#include "core/base/error.h"
#include "core/base/numbers.h"
#include "core/engine/model/packed_linear.h"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <fmt/ranges.h>
#include <torch/version.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <tuple>

namespace levi {
namespace {

constexpr const char* kDriverFile = "/proc/driver/nvidia/version";
constexpr const char* kWslDriver = "/usr/lib/wsl/lib/libcuda.so.1"; // Windows' own driver, which has no such file

// The value of the first line "name <separator> value" of a text file of the kernel; "" where there is none.
std::string lineValue(const std::filesystem::path& file, const std::string& name) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(name)) continue;
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        const auto begin = line.find_first_not_of(" \t", colon + 1);
        return begin == std::string::npos ? "" : line.substr(begin);
    }
    return "";
}

std::uint64_t kilobytes(const std::filesystem::path& file, const std::string& name) {
    const std::string text = lineValue(file, name);
    return text.empty() ? 0 : std::strtoull(text.c_str(), nullptr, 10) * 1024;
}

int cores() {
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

// The driver names its cards in order of their bus, which is not always CUDA's order: a name, not an identity.
std::vector<std::string> cardNames() {
    std::vector<std::filesystem::path> folders;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", none))
        folders.push_back(entry.path());
    std::ranges::sort(folders);
    std::vector<std::string> names;
    for (const auto& folder : folders)
        names.push_back(lineValue(folder / "information", "Model"));
    return names;
}

bool exists(const char* file) {
    std::error_code code;
    return std::filesystem::exists(file, code);
}

CudaState cudaHere() {
    const auto& context = at::globalContext();
    return {.isHalfLoaded = c10::impl::hasDeviceGuardImpl(at::kCUDA), // hasCUDA() asks for a device too
            .hasDriver = exists(kDriverFile) || exists(kWslDriver),
            .devices = context.hasCUDA() ? static_cast<int>(at::accelerator::deviceCount()) : 0};
}

std::string cudaVersion() {
    if (!cudaHere().isHalfLoaded) return "";
    const long version = at::globalContext().versionCUDART(); // 12080: 12.8
    return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

// The same bits for the same seed on a GPU too. What has no deterministic kernel warns and goes on; fp32 means fp32.
// The settings are the whole process's, and stay for its runs on the CPU.
void askForDeterminism() {
    setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0); // read when the library makes its first handle
    auto& context = at::globalContext();
    context.setDeterministicAlgorithms(true, true);
    context.setDeterministicFillUninitializedMemory(false); // nobody reads what was not written
    context.setDeterministicCuDNN(true);
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuDNN(false);
}

bool isGpuHere(const std::string& device) {
    return device != "cpu" && !deviceProblem(device);
}

// Nothing on the CPU, and where the device's allocator has not begun yet or keeps no such account.
std::optional<std::uint64_t> allocatorPeak(const std::string& device) try {
    if (!isGpuHere(device)) return std::nullopt;
    const auto stats = at::accelerator::getDeviceStats(at::Device(device).index());
    constexpr auto kAll = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    const std::int64_t peak = stats.allocated_bytes[kAll].peak;
    return peak > 0 ? std::optional(static_cast<std::uint64_t>(peak)) : std::nullopt;
} catch (const c10::Error&) {
    return std::nullopt;
}

void resetAllocatorPeak(const std::string& device) try {
    if (isGpuHere(device)) at::accelerator::resetPeakStats(at::Device(device).index());
} catch (const c10::Error&) { // it has not begun: there is no peak either
}

DeviceInfo cpu() {
    const std::string model = lineValue("/proc/cpuinfo", "model name");
    return {.id = "cpu",
            .name = fmt::format("{}, {} cores", model.empty() ? "CPU" : model, cores()),
            .freeBytes = kilobytes("/proc/meminfo", "MemAvailable"),
            .totalBytes = kilobytes("/proc/meminfo", "MemTotal")};
}

DeviceInfo card(int index, const std::vector<std::string>& names) {
    const auto place = static_cast<std::size_t>(index);
    DeviceInfo info{.id = fmt::format("cuda:{}", index), .name = place < names.size() ? names[place] : "NVIDIA GPU"};
    try {
        std::tie(info.freeBytes, info.totalBytes) =
            at::accelerator::getMemoryInfo(static_cast<c10::DeviceIndex>(index));
    } catch (const std::exception&) {
        info.name += " (its memory cannot be asked for)"; // another process may hold it alone
    }
    return info;
}

} // namespace

EngineInfo engineInfo() {
    EngineInfo info{.torchVersion = TORCH_VERSION,
                    .cpuCapability = at::get_cpu_capability(),
                    .cudaVersion = cudaVersion(),
                    .cudaProblem = cudaProblem(cudaHere())};
    info.hasPackedLinear = PackedLinear::available();
    return info;
}

std::vector<DeviceInfo> devicesHere() {
    std::vector<DeviceInfo> devices = {cpu()};
    const auto names = cardNames();
    const int count = cudaHere().devices;
    for (int i = 0; i < count; ++i)
        devices.push_back(card(i, names));
    return devices;
}

std::string cudaProblem(const CudaState& cuda) {
    if (cuda.devices > 0) return "";
    if (!cuda.hasDriver)
        return fmt::format("There is no NVIDIA driver on this machine (neither {} nor {})", kDriverFile, kWslDriver);
    if (!cuda.isHalfLoaded)
        return "An NVIDIA driver is here, but the CUDA half of LibTorch is not loaded; build with LEVI_CUDA=ON and a "
               "LibTorch made for CUDA";
    return "LibTorch's CUDA half is loaded, but it sees no device; look at CUDA_VISIBLE_DEVICES and the driver's "
           "version";
}

std::optional<std::string> deviceProblem(const std::string& device) {
    if (device == "cpu") return std::nullopt;
    return deviceProblem(device, cudaHere());
}

std::optional<std::string> deviceProblem(const std::string& device, const CudaState& cuda) {
    if (device == "cpu") return std::nullopt;
    if (cuda.devices == 0) return fmt::format("'{}' cannot be used: {}", device, cudaProblem(cuda));
    for (int i = 0; i < cuda.devices; ++i)
        if (device == fmt::format("cuda:{}", i)) return std::nullopt;
    const std::string range = cuda.devices == 1 ? "cuda:0" : fmt::format("cuda:0 to cuda:{}", cuda.devices - 1);
    return fmt::format("'{}' is not here; found cpu and {}", device, range);
}

at::Device usableDevice(const std::string& device) {
    if (const auto problem = deviceProblem(device)) throw Error("compute.device: {}", *problem);
    if (device != "cpu") askForDeterminism();
    return at::Device(device);
}

std::vector<NamedText> deviceFacts(at::Device device) {
    if (!device.is_cuda()) return {};
    std::string driver;
    std::getline(std::ifstream(kDriverFile), driver);
    std::vector<NamedText> facts = {
        {"device_name", cardName(cardNames())}, {"cuda", cudaVersion()}, {"driver", driverVersion(driver)}};
    std::erase_if(facts, [](const NamedText& fact) { return fact.text.empty(); });
    return facts;
}

// "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023": the first word of digits
// and points.
std::string driverVersion(const std::string& text) {
    std::istringstream words(text.substr(0, text.find('\n')));
    for (std::string word; words >> word;)
        if (word.find_first_not_of("0123456789.") == word.npos && word.find('.') != word.npos) return word;
    return "";
}

std::string cardName(const std::vector<std::string>& onBoard) {
    std::vector<std::string> names = onBoard;
    std::ranges::sort(names);
    names.erase(std::ranges::unique(names).begin(), names.end());
    return fmt::format("{}", fmt::join(names, " or "));
}

int setThreads(std::int64_t threads) {
    const int count = threads > 0 ? static_cast<int>(threads) : cores();
    at::set_num_threads(count);
    return count;
}

std::uint64_t peakMemoryBytes(const std::string& device) {
    if (const auto given = allocatorPeak(device)) return *given;
    return kilobytes("/proc/self/status", "VmHWM");
}

// The heap keeps what earlier runs gave back; it counts as resident until the system has it again.
void resetPeakMemory(const std::string& device) {
    resetAllocatorPeak(device);
#ifdef __GLIBC__
    malloc_trim(0);
#endif
    std::ofstream("/proc/self/clear_refs") << 5;
}

} // namespace levi
