// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/jobs/engine.h"
#include "core/spec/train_options.h"

#include <c10/core/Device.h>

#include <optional>
#include <string>
#include <vector>

namespace levi {

struct CardFacts; // nvidia_driver.h

EngineInfo engineInfo();
std::vector<DeviceInfo> devicesHere(); // the CPU first

// What is here of CUDA.
struct CudaState {
    bool isHalfLoaded = false; // of LibTorch
    bool hasDriver = false;
    int devices = 0; // that can be seen
};
std::string cudaProblem(const CudaState& cuda); // why no GPU can be used, in a sentence; "" where one can

// Why `device` cannot be used here, in a sentence; nothing where it can.
std::optional<std::string> deviceProblem(const std::string& device);
std::optional<std::string> deviceProblem(const std::string& device, const CudaState& cuda);

// Why the card behind `device` cannot compute in `precision`, in a sentence; nothing where it can, or is not here.
std::optional<std::string> precisionProblem(const std::string& device, Precision precision);
std::optional<std::string> precisionProblem(const CardFacts& card, Precision precision);

// Throws Error with one of those sentences. A GPU becomes the calling thread's current one.
at::Device usableDevice(const std::string& device, Precision precision = Precision::Fp32);

// On a GPU the same bits for the same seed. Settings of the whole process, which stay for its runs on the CPU and
// change no bit there.
void allowDeterministicOnly();
std::string cublasWorkspace(const std::string& found); // one of the two with which products repeat themselves

// The device has back what its allocator keeps and nothing uses, for other programs. Nothing on the CPU.
void giveBackMemory(const std::string& device);

// The device as keys of computed values name it: of a GPU with card and CUDA, on which bits depend.
std::string computedOn(const std::string& device);

// What a run on `device` notes of a GPU besides its number: card, CUDA, driver; nothing of the CPU.
std::vector<NamedText> deviceFacts(at::Device device);
std::string driverVersion(const std::string& text);            // of /proc/driver/nvidia/version; "" where it names none
std::string cardName(const std::vector<std::string>& onBoard); // of one of these cards, whichever it is

// Threads of the calling thread's Torch operators; 0: one for each core.
int setThreads(std::int64_t threads);

// The most memory since the last call of resetPeakMemory: on a GPU what its allocator gave out, on the CPU the largest
// resident size of this process (since its start, where resetting that is not allowed).
std::uint64_t peakMemoryBytes(const std::string& device);
void resetPeakMemory(const std::string& device);

} // namespace levi
