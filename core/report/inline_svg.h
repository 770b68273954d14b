// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace levi {

struct InlineSvgOptions {
    std::string idPrefix; // put before every id, so that two figures in one document do not share any
    std::string label;    // what a screen reader says
};

// An SVG document as an element to stand inside HTML: without prolog, comments and doctype, ids renamed. Only drawing
// elements pass. Throws Error naming what was found for scripts, style sheets, event handlers, foreign content,
// references that leave the document, and anything that is not well-formed.
std::string inlineSvg(std::string_view svg, const InlineSvgOptions& options);

} // namespace levi
