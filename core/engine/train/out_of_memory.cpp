// SPDX-License-Identifier: Apache-2.0
#include "core/engine/train/out_of_memory.h"

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <new>
#include <string_view>

namespace levi {
namespace {

// These come as errors of no type of their own.
constexpr std::string_view kCpuAllocator = "DefaultCPUAllocator: can't allocate memory";
constexpr std::array<std::string_view, 7> kDeviceTexts = {
    "CUDA out of memory",
    "CUDA error: out of memory",
    "CUDA driver error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "CUBLAS_STATUS_NOT_INITIALIZED", // what is left does not hold the library's handle
    "CUDNN_STATUS_ALLOC_FAILED",
    "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"};

} // namespace

std::optional<std::string> deviceOutOfMemory(const std::exception& error, const std::string& runDevice) {
    const std::string_view text = error.what();
    const auto says = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
    if (dynamic_cast<const std::bad_alloc*>(&error) || says(kCpuAllocator)) return "cpu";
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) || std::ranges::any_of(kDeviceTexts, says)) return runDevice;
    return std::nullopt;
}

std::string outOfMemoryText(const std::string& device, const std::string& phase) {
    const std::string at = phase.empty() ? "" : " while " + (phase == "features" ? "computing features" : phase);
    return fmt::format("Out of memory on {}{}. {} smaller inputs (backbone.image_size, backbone_view.max_length), or "
                       "let fewer runs go on at once",
                       device, at, phase == "training" ? "Lower train.batch_size, take" : "Take");
}

std::string failureText(const std::exception& error, const std::string& runDevice, const std::string& phase) {
    if (const auto device = deviceOutOfMemory(error, runDevice)) return outOfMemoryText(*device, phase);
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
}

} // namespace levi
