// SPDX-License-Identifier: Apache-2.0
#include "core/engine/nvidia_driver.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>

namespace levi {
namespace {

constexpr int kMajor = 75, kMinor = 76; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_*

// A C library that may be absent, as may any of its functions. It stays loaded: drivers are not made to be unloaded.
class Library {
public:
    explicit Library(const char* file) : m_handle(::dlopen(file, RTLD_LAZY | RTLD_LOCAL)) {}

    // The arguments have to be of the function's own types.
    template<typename... Args>
    bool succeeds(const char* function, Args... args) const {
        void* address = m_handle ? ::dlsym(m_handle, function) : nullptr;
        return address && reinterpret_cast<int (*)(Args...)>(address)(args...) == 0;
    }

private:
    void* m_handle;
};

struct MemoryInfo { // nvmlMemory_t
    unsigned long long total = 0, free = 0, used = 0;
};

std::uint64_t freeBytes(const char* busId, const Library& management) {
    if (!management.succeeds("nvmlInit_v2")) return 0;
    void* handle = nullptr;
    MemoryInfo memory;
    const bool isKnown = management.succeeds("nvmlDeviceGetHandleByPciBusId_v2", busId, &handle) &&
                         management.succeeds("nvmlDeviceGetMemoryInfo", handle, &memory);
    management.succeeds("nvmlShutdown");
    return isKnown ? memory.free : 0;
}

} // namespace

std::optional<CardFacts> cardFacts(int index, const DriverFiles& files) {
    const Library cuda(files.cuda);
    int device = 0; // CUdevice
    if (!cuda.succeeds("cuInit", 0U) || !cuda.succeeds("cuDeviceGet", &device, index)) return std::nullopt;
    CardFacts facts;
    std::array<char, 256> text{};
    const int size = static_cast<int>(text.size());
    if (cuda.succeeds("cuDeviceGetName", text.data(), size, device)) facts.name = text.data();
    cuda.succeeds("cuDeviceGetAttribute", &facts.major, kMajor, device);
    cuda.succeeds("cuDeviceGetAttribute", &facts.minor, kMinor, device);
    std::size_t total = 0;
    if (cuda.succeeds("cuDeviceTotalMem_v2", &total, device)) facts.totalBytes = total;
    if (!cuda.succeeds("cuDeviceGetPCIBusId", text.data(), size, device)) return facts;
    const char* busId = text.data();
    const std::uint64_t free = freeBytes(busId, Library(files.management));
    facts.freeBytes = std::min(free, facts.totalBytes); // of a part of a card (MIG) the whole card's is told
    return facts;
}

} // namespace levi
