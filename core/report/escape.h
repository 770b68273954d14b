// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Names of runs, folders and domains come from outside and end up in documents: all of it is hostile until it went
// through here.
namespace levi {

// Valid UTF-8 on one line: broken sequences, control characters (a terminal would obey them) and characters that turn
// the direction of writing become U+FFFD; line breaks and tabs become one space.
std::string cleanLine(std::string_view text);

// The same with line breaks kept (as \n) and tabs as four spaces: for preformatted text.
std::string cleanBlock(std::string_view text);

// All of the following clean their text first, as a line.
std::string escapeHtml(std::string_view text);     // for elements and for quoted attributes
std::string escapeMarkdown(std::string_view text); // for GitHub's dialect, inside a table cell too
std::string escapeLatex(std::string_view text);    // for text mode, with or without a package for UTF-8

// A field after RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe in front.
std::string csvField(std::string_view text);

// Columns that the text takes on a terminal: wide characters two, combining marks none.
std::size_t displayWidth(std::string_view text);

} // namespace levi
