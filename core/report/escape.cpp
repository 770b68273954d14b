// SPDX-License-Identifier: Apache-2.0
#include "core/report/escape.h"

#include <algorithm>
#include <array>
#include <utility>

namespace levi {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD"; // U+FFFD

struct Decoded {
    char32_t code = 0xFFFD;
    std::size_t length = 1; // bytes; of a broken sequence the part that could have begun a character
    bool valid = false;
};

// Range of the second byte by the first one (Unicode 15, table 3-7): no overlong form, surrogate or number above
// 10FFFF.
std::pair<unsigned, unsigned> secondByteRange(unsigned lead) {
    switch (lead) {
    case 0xE0:
        return {0xA0, 0xBF};
    case 0xED:
        return {0x80, 0x9F};
    case 0xF0:
        return {0x90, 0xBF};
    case 0xF4:
        return {0x80, 0x8F};
    default:
        return {0x80, 0xBF};
    }
}

Decoded decode(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {.code = lead, .length = 1, .valid = true};
    const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    if (length == 0) return {};
    char32_t code = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto [low, high] = i == 1 ? secondByteRange(lead) : std::pair{0x80U, 0xBFU};
        if (i >= text.size() || byte(i) < low || byte(i) > high) return {.length = i};
        code = code << 6 | (byte(i) & 0x3F);
    }
    return {.code = code, .length = length, .valid = true};
}

bool isControl(char32_t code) {
    const bool turnsDirection = code == 0x061C || (code >= 0x200E && code <= 0x200F) ||
                                (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    const bool nonCharacter = (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || turnsDirection || nonCharacter;
}

bool isLineBreak(char32_t code) {
    return code == '\n' || code == '\r' || code == 0x2028 || code == 0x2029 || code == 0x85;
}

std::string clean(std::string_view text, std::string_view lineBreak, std::string_view tab) {
    std::string cleaned;
    cleaned.reserve(text.size());
    while (!text.empty()) {
        const Decoded one = decode(text);
        const bool crLf = one.code == '\r' && text.size() > 1 && text[1] == '\n';
        if (isLineBreak(one.code))
            cleaned += lineBreak;
        else if (one.code == '\t')
            cleaned += tab;
        else if (!one.valid || isControl(one.code))
            cleaned += kReplacement;
        else
            cleaned += text.substr(0, one.length);
        text.remove_prefix(crLf ? 2 : one.length);
    }
    return cleaned;
}

struct Range {
    char32_t first, last;
};
// The usual cases of Unicode's East Asian Width and general category, enough for labels.
constexpr std::array kZeroWidth = {
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489},   Range{0x0591, 0x05BD},  Range{0x0610, 0x061A},
    Range{0x064B, 0x065F}, Range{0x0900, 0x0902},   Range{0x093C, 0x093C},  Range{0x0941, 0x0948},
    Range{0x094D, 0x094D}, Range{0x0E31, 0x0E31},   Range{0x0E34, 0x0E3A},  Range{0x0E47, 0x0E4E},
    Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF},   Range{0x200B, 0x200D},  Range{0x2060, 0x2064},
    Range{0x20D0, 0x20FF}, Range{0x3099, 0x309A},   Range{0xFE00, 0xFE0F},  Range{0xFE20, 0xFE2F},
    Range{0xFEFF, 0xFEFF}, Range{0x1F3FB, 0x1F3FF}, Range{0xE0100, 0xE01EF}};
constexpr std::array kWide = {Range{0x1100, 0x115F},   Range{0x231A, 0x231B},   Range{0x2E80, 0x303E},
                              Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},
                              Range{0xA000, 0xA4CF},   Range{0xA960, 0xA97C},   Range{0xAC00, 0xD7A3},
                              Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},   Range{0xFF01, 0xFF60},
                              Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF},
                              Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

template<std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t code) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const Range& r) { return code >= r.first && code <= r.last; });
}

std::string latexCharacter(std::string_view character) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 28> kWritten = {
        {{"\\", "\\textbackslash{}"},
         {"{", "\\{"},
         {"}", "\\}"},
         {"$", "\\$"},
         {"&", "\\&"},
         {"#", "\\#"},
         {"%", "\\%"},
         {"_", "\\_"},
         {"^", "\\textasciicircum{}"},
         {"~", "\\textasciitilde{}"},
         {"<", "\\textless{}"},
         {">", "\\textgreater{}"},
         {"|", "\\textbar{}"},
         {"\"", "\\symbol{34}"},
         {"`", "\\textasciigrave{}"},
         {"[", "{[}"},
         {"]", "{]}"},
         {"*", "{*}"},
         {"–", "--"},
         {"—", "---"},
         {"±", "$\\pm$"},
         {"×", "$\\times$"},
         {"−", "$-$"},
         {"↓", "$\\downarrow$"},
         {"↑", "$\\uparrow$"},
         {"≤", "$\\leq$"},
         {"…", "\\dots{}"},
         {kReplacement, "?"}}};
    const auto found =
        std::find_if(kWritten.begin(), kWritten.end(), [&](const auto& pair) { return pair.first == character; });
    return std::string(found == kWritten.end() ? character : found->second);
}

} // namespace

std::string cleanLine(std::string_view text) {
    return clean(text, " ", " ");
}

std::string cleanBlock(std::string_view text) {
    return clean(text, "\n", "    ");
}

std::string escapeHtml(std::string_view text) {
    std::string escaped;
    for (const char c : cleanLine(text)) {
        switch (c) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        case '\'':
            escaped += "&#39;";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

std::string escapeMarkdown(std::string_view text) {
    std::string escaped;
    for (const char c : cleanLine(text)) {
        if (c == '&')
            escaped += "&amp;";
        else if (c == '<')
            escaped += "&lt;";
        else if (c == '>')
            escaped += "&gt;";
        else if (c == '@')
            escaped += "&#64;"; // a mention
        else if (std::string_view("\\`*_[]#|~$").find(c) != std::string_view::npos)
            escaped += {'\\', c};
        else
            escaped += c;
    }
    return escaped;
}

std::string escapeLatex(std::string_view text) {
    std::string escaped;
    const std::string cleaned = cleanLine(text);
    for (std::string_view rest = cleaned; !rest.empty();) {
        const std::size_t length = decode(rest).length;
        escaped += latexCharacter(rest.substr(0, length));
        if (rest.starts_with("--")) escaped += "{}"; // two hyphens would join into a dash
        rest.remove_prefix(length);
    }
    return escaped;
}

std::string csvField(std::string_view text) {
    std::string field = cleanLine(text);
    const std::size_t first = field.find_first_not_of(' ');
    if (first != std::string::npos && std::string_view("=+-@").find(field[first]) != std::string_view::npos)
        field.insert(0, 1, '\'');
    if (field.find_first_of(",\"") == std::string::npos && first != std::string::npos && field.front() != ' ' &&
        field.back() != ' ')
        return field;
    std::string quoted = "\"";
    for (const char c : field)
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    return field.empty() ? field : quoted + '"';
}

std::size_t displayWidth(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Decoded one = decode(text);
        width += contains(kZeroWidth, one.code) ? 0 : contains(kWide, one.code) ? 2 : 1;
        text.remove_prefix(one.length);
    }
    return width;
}

} // namespace levi
