// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace levi {

class SpecDraft;

// The command that does what the start button does: on the spec's file and what differs from it, or, where there is no
// file (or --set cannot say it), on the spec itself, in the words of bash and zsh.
std::string commandLine(const SpecDraft& draft, const std::filesystem::path& storeFile);

std::string shellQuoted(const std::string& text); // as is where a shell reads it as one word

} // namespace levi
