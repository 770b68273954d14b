// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace levi {

// Tables in a page of Markdown that can be made again. Before each stands a comment that says from what and how, after
// it one that ends it:
//   <!-- levi table bundle=results/pacs study=main by=name -->
//   | method | …
//   <!-- levi end -->
// bundle: a folder, relative to the page's own; given more than once, the table is of all their runs. The other words
// are options of `levi table` without their dashes; a value with blanks stands in double quotes. What stands in a block
// of code is none.
struct PublishedTable {
    int line = 0; // of the comment, from 1
    std::vector<std::string> bundles;
    std::vector<std::string> options; // "--study=main"
    std::size_t begin = 0, end = 0;   // lines between the comments, from 0
};

struct Page {
    std::string name; // for messages
    std::vector<std::string> lines;
    std::vector<PublishedTable> tables;
    std::vector<int> unmarked; // lines where a table begins that no comment belongs to
};

// Throws Error naming page and line: a comment without end, a bundle that is absent, absolute or leads upwards.
Page readPage(std::string_view text, const std::string& name);

// What differs between the cells on the page and those of the tables made again, and between what is written around
// them: captions and notes, which tell the family of a test and the margin. A sentence each that begins with
// "page:line: ". `cells`: how many were compared, heads included.
struct PageCheck {
    std::vector<std::string> differences;
    int cells = 0;
};
PageCheck checkPublished(const Page& page, const PublishedTable& table, std::string_view madeAgain);

// The page with what stands between the comments replaced; one text a table.
std::string withTables(const Page& page, const std::vector<std::string>& madeAgain);

} // namespace levi
