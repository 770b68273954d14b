// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace levi {

class SpecDraft;

// The command that does what the start button does, in words that every POSIX shell knows: on the spec's file and what
// differs from it, or, where there is no file (or --set cannot say it, or the file has values left out), on the spec
// itself, which then stands in the lines that follow the command.
std::string commandLine(const SpecDraft& draft, const std::filesystem::path& storeFile);

std::string shellQuoted(const std::string& text); // as is where a shell reads it as one word

} // namespace levi
