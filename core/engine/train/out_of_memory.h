// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <optional>
#include <string>

namespace levi {

// Whose memory ran out, if that is what was thrown: "cpu" or `runDevice`, on which the run computes.
std::optional<std::string> deviceOutOfMemory(const std::exception& error, const std::string& runDevice);

// phase: as in Progress; "": before the first one.
std::string outOfMemoryText(const std::string& device, const std::string& phase);

// What a caller may see of an exception that is no Error: memory that ran out as a sentence, all else by its first
// line, without the stack that Torch adds.
std::string failureText(const std::exception& error, const std::string& runDevice, const std::string& phase);

} // namespace levi
