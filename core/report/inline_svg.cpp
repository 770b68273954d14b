// SPDX-License-Identifier: Apache-2.0
#include "core/report/inline_svg.h"

#include "core/base/error.h"
#include "core/report/escape.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace levi {
namespace {

constexpr std::size_t kMostBytes = std::size_t{64} << 20;
constexpr std::size_t kDeepest = 128;

constexpr std::array<std::string_view, 22> kElements = {
    "svg",  "g",        "defs",   "title", "desc",  "path",     "rect",    "circle",         "ellipse",
    "line", "polyline", "text",   "tspan", "image", "clipPath", "polygon", "linearGradient", "radialGradient",
    "stop", "use",      "symbol", "marker"};

bool isNameCharacter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == ':' || c == '-' || c == '_' || c == '.';
}

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isNamedEntity(std::string_view rest) {
    for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"})
        if (rest.starts_with(entity)) return true;
    return false;
}

bool isNumericEntity(std::string_view rest) {
    const std::size_t end = rest.substr(0, 12).find(';');
    if (end == std::string_view::npos || !rest.starts_with("&#") || end < 3) return false;
    const bool hex = rest[2] == 'x';
    const std::string_view digits = rest.substr(hex ? 3 : 2, end - (hex ? 3 : 2));
    return !digits.empty() && std::all_of(digits.begin(), digits.end(), [&](char c) {
        return hex ? std::isxdigit(static_cast<unsigned char>(c)) : std::isdigit(static_cast<unsigned char>(c));
    });
}

// Reads the document once and writes what may pass.
class Inliner {
public:
    Inliner(std::string_view svg, const InlineSvgOptions& options) : m_rest(svg), m_options(options) {}

    std::string run() {
        if (m_rest.size() > kMostBytes)
            throw Error("figure: {} bytes of SVG, expected at most {}", m_rest.size(), kMostBytes);
        while (!m_rest.empty()) {
            if (m_rest.front() == '<')
                readMarkup();
            else
                readText();
        }
        if (!m_open.empty()) throw Error("figure: SVG element '{}' is never closed", m_open.back());
        if (!m_rootSeen) throw Error("figure: no <svg> element found");
        return std::move(m_written);
    }

private:
    void readMarkup() {
        if (m_rest.starts_with("<!--"))
            skipPast("-->");
        else if (m_rest.starts_with("<?"))
            skipPast("?>");
        else if (m_rest.starts_with("<!DOCTYPE"))
            skipDoctype();
        else if (m_rest.starts_with("</"))
            readEndTag();
        else
            readStartTag();
    }

    void skipPast(std::string_view end) {
        const std::size_t at = m_rest.find(end, 2);
        if (at == std::string_view::npos) throw Error("figure: SVG ends before '{}'", end);
        m_rest.remove_prefix(at + end.size());
    }

    void skipDoctype() {
        const std::size_t end = m_rest.find('>');
        if (end == std::string_view::npos || m_rest.substr(0, end).find('[') != std::string_view::npos || m_rootSeen)
            throw Error("figure: the SVG's doctype declares entities, expected a plain one");
        m_rest.remove_prefix(end + 1);
    }

    void readText() {
        const std::string_view text = m_rest.substr(0, m_rest.find('<'));
        m_rest.remove_prefix(text.size());
        if (!m_open.empty()) {
            m_written += escaped(text, true);
        } else if (!std::all_of(text.begin(), text.end(),
                                [](char c) { return isBlank(c) || c == '\xEF' || c == '\xBB' || c == '\xBF'; })) {
            throw Error("figure: text outside of the <svg> element");
        }
    }

    std::string_view readName() {
        std::size_t length = 0;
        while (length < m_rest.size() && isNameCharacter(m_rest[length]))
            ++length;
        if (length == 0) throw Error("figure: SVG is not well-formed: a name is missing");
        const std::string_view name = m_rest.substr(0, length);
        m_rest.remove_prefix(length);
        return name;
    }

    void skipBlanks() {
        while (!m_rest.empty() && isBlank(m_rest.front()))
            m_rest.remove_prefix(1);
    }

    bool take(std::string_view token) {
        if (!m_rest.starts_with(token)) return false;
        m_rest.remove_prefix(token.size());
        return true;
    }

    void readEndTag() {
        take("</");
        const std::string_view name = readName();
        skipBlanks();
        if (!take(">") || m_open.empty() || m_open.back() != name)
            throw Error("figure: SVG is not well-formed: '</{}' closes nothing", name);
        m_open.pop_back();
        m_written += "</" + std::string(name) + ">";
    }

    void readStartTag() {
        take("<");
        const std::string_view name = readName();
        if (std::find(kElements.begin(), kElements.end(), name) == kElements.end())
            throw Error("figure: SVG element '{}' is not one that may stand in a report", cleanLine(name));
        const bool isRoot = m_open.empty();
        if (isRoot && (name != "svg" || m_rootSeen))
            throw Error("figure: '{}' found, expected one <svg> element", name);
        if (m_open.size() >= kDeepest) throw Error("figure: SVG elements are nested deeper than {}", kDeepest);
        m_rootSeen = true;
        m_written += "<" + std::string(name);
        if (isRoot && !m_options.label.empty())
            m_written += " role=\"img\" aria-label=\"" + escapeHtml(m_options.label) + "\"";
        const bool isEmpty = readAttributes(isRoot);
        m_written += isEmpty ? "/>" : ">";
        if (!isEmpty) m_open.emplace_back(name);
    }

    // True where the tag closes itself.
    bool readAttributes(bool ofRoot) {
        for (;;) {
            skipBlanks();
            if (take("/>")) return true;
            if (take(">")) return false;
            const std::string_view name = readName();
            skipBlanks();
            if (!take("=")) throw Error("figure: SVG attribute '{}' has no value", name);
            skipBlanks();
            const char quote = m_rest.empty() ? '\0' : m_rest.front();
            const std::size_t end = quote == '"' || quote == '\'' ? m_rest.find(quote, 1) : std::string_view::npos;
            if (end == std::string_view::npos)
                throw Error("figure: the value of SVG attribute '{}' is not quoted", name);
            const std::string_view value = m_rest.substr(1, end - 1);
            m_rest.remove_prefix(end + 1);
            const bool isOurs = ofRoot && (name == "role" || name == "aria-label");
            if (!isOurs) writeAttribute(name, value);
        }
    }

    void writeAttribute(std::string_view name, std::string_view value) {
        std::string lower(name);
        std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
        if (lower.starts_with("on")) throw Error("figure: SVG has the event handler '{}', expected none", name);
        if (value.find_first_of("\\<") != std::string_view::npos)
            throw Error("figure: SVG attribute '{}' has a backslash or '<' in its value", name);
        std::string written(value);
        if (lower == "id") written = m_options.idPrefix + written;
        if (lower == "href" || lower == "xlink:href" || lower == "src")
            written = localReference(name, value);
        else
            written = withLocalUrls(name, std::move(written));
        m_written += " " + std::string(name) + "=\"" + escaped(written, false) + "\"";
    }

    std::string localReference(std::string_view name, std::string_view value) const {
        if (value.starts_with("#")) return "#" + m_options.idPrefix + std::string(value.substr(1));
        for (const std::string_view picture : {"data:image/png;base64,", "data:image/jpeg;base64,"})
            if (value.starts_with(picture)) return std::string(value);
        throw Error("figure: SVG attribute '{}' points to '{}', expected a place inside the figure", name,
                    cleanLine(value.substr(0, 80)));
    }

    // url(#gradient) -> url(#prefix-gradient); a url of any other kind is refused.
    std::string withLocalUrls(std::string_view name, std::string value) const {
        std::string lower = value;
        std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
        for (std::size_t at = lower.find("url("); at != std::string::npos; at = lower.find("url(", at + 4)) {
            if (value.compare(at + 4, 1, "#") != 0)
                throw Error("figure: SVG attribute '{}' loads '{}', expected a place inside the figure", name,
                            cleanLine(value.substr(at, 80)));
            value.insert(at + 5, m_options.idPrefix);
            lower.insert(at + 5, m_options.idPrefix);
        }
        return value;
    }

    // Keeps entities as they are; a numeric one may stand in text only, where it cannot hide a reference from the
    // checks.
    std::string escaped(std::string_view text, bool isText) const {
        std::string written;
        const std::string cleaned = isText ? cleanBlock(text) : cleanLine(text);
        for (std::size_t i = 0; i < cleaned.size(); ++i) {
            const std::string_view rest = std::string_view(cleaned).substr(i);
            switch (cleaned[i]) {
            case '&':
                if (!isText && rest.starts_with("&#")) throw Error("figure: an SVG attribute has a numeric entity");
                written += isNamedEntity(rest) || isNumericEntity(rest) ? "&" : "&amp;";
                break;
            case '<':
                written += "&lt;";
                break;
            case '>':
                written += "&gt;";
                break;
            case '"':
                written += isText ? "\"" : "&quot;";
                break;
            default:
                written += cleaned[i];
            }
        }
        return written;
    }

    std::string_view m_rest;
    const InlineSvgOptions& m_options;
    std::string m_written;
    std::vector<std::string> m_open;
    bool m_rootSeen = false;
};

} // namespace

std::string inlineSvg(std::string_view svg, const InlineSvgOptions& options) {
    return Inliner(svg, options).run();
}

} // namespace levi
