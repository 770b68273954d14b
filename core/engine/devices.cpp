// SPDX-License-Identifier: Apache-2.0
#include "core/engine/devices.h"

#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/numbers.h"
#include "core/engine/model/packed_linear.h"
#include "core/engine/nvidia_driver.h"

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
constexpr const char* kWorkspace = "CUBLAS_WORKSPACE_CONFIG";
constexpr int kBf16Major = 8; // compute capability from which on cards multiply bfloat16

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

// The driver lists its cards in order of their bus, which is not always CUDA's order: a name, not an identity.
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

std::string nameOf(const std::optional<CardFacts>& card) {
    return card && !card->name.empty() ? card->name : cardName(cardNames());
}

DeviceInfo card(int index) {
    const auto facts = cardFacts(index);
    const std::string name = nameOf(facts);
    DeviceInfo info{.id = fmt::format("cuda:{}", index), .name = name.empty() ? "NVIDIA GPU" : name};
    if (facts && facts->freeBytes > 0) {
        std::tie(info.freeBytes, info.totalBytes) = std::pair(facts->freeBytes, facts->totalBytes);
        return info;
    }
    try { // makes a context on the card
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
    const int count = cudaHere().devices;
    for (int i = 0; i < count; ++i)
        devices.push_back(card(i));
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

std::optional<std::string> precisionProblem(const std::string& device, Precision precision) {
    if (device == "cpu" || deviceProblem(device)) return std::nullopt;
    const auto card = cardFacts(at::Device(device).index());
    return card ? precisionProblem(*card, precision) : std::nullopt;
}

std::optional<std::string> precisionProblem(const CardFacts& card, Precision precision) {
    if (precision != Precision::Bf16 || card.major == 0 || card.major >= kBf16Major) return std::nullopt;
    return fmt::format("found bf16, expected fp32: {} does not multiply bfloat16 (compute capability {}.{}, and it "
                       "takes {}.0)",
                       card.name, card.major, card.minor, kBf16Major);
}

at::Device usableDevice(const std::string& device, Precision precision) {
    if (const auto problem = deviceProblem(device)) throw Error("compute.device: {}", *problem);
    if (const auto problem = precisionProblem(device, precision)) throw Error("train.precision: {}", *problem);
    const at::Device usable(device);
    if (device == "cpu") return usable;
    allowDeterministicOnly();
    at::accelerator::setDeviceIndex(usable.index()); // of this thread: libraries put their handles on the current one
    return usable;
}

// Strict, though a kernel that has no deterministic form then fails the run: only so do the backward passes of fused
// attention, which merely warn otherwise, repeat themselves. None of the operators here lacks such a form on a GPU.
// fp32 means fp32.
void allowDeterministicOnly() {
    const char* found = std::getenv(kWorkspace);
    const std::string wanted = cublasWorkspace(found ? found : "");
    if (!found || wanted != found) setenv(kWorkspace, wanted.c_str(), 1); // read when the first handle is made
    auto& context = at::globalContext();
    context.setDeterministicAlgorithms(true, false);
    context.setDeterministicFillUninitializedMemory(false); // nobody reads what was not written
    context.setDeterministicCuDNN(true);
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuDNN(false);
    context.setAllowTF32CuBLAS(false);
}

std::string cublasWorkspace(const std::string& found) {
    return found == ":16:8" ? found : ":4096:8";
}

void giveBackMemory(const std::string& device) {
    try {
        if (isGpuHere(device)) at::accelerator::emptyCache();
    } catch (const std::exception& error) { // of a card that has failed; what went before has said so
        log().debug("{}", error.what());
    }
}

std::string computedOn(const std::string& device) {
    if (device == "cpu") return device;
    std::string text = "cuda";
    if (const auto problem = deviceProblem(device)) return text;
    for (const std::string& part : {nameOf(cardFacts(at::Device(device).index())), cudaVersion()})
        if (!part.empty()) text += " " + part;
    return text;
}

std::vector<NamedText> deviceFacts(at::Device device) {
    if (!device.is_cuda()) return {};
    std::string driver;
    std::getline(std::ifstream(kDriverFile), driver);
    std::vector<NamedText> facts = {
        {"device_name", nameOf(cardFacts(device.index()))}, {"cuda", cudaVersion()}, {"driver", driverVersion(driver)}};
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
