// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace levi {

// Finds the longest of many keys that a text begins with, in one walk over its bytes. Memory is in proportion to the
// keys' bytes, whatever they are.
class PrefixTree {
public:
    PrefixTree();                                                                // finds nothing
    explicit PrefixTree(std::vector<std::pair<std::string, std::int32_t>> keys); // no key twice

    struct Match {
        std::size_t length = 0; // 0: none
        std::int32_t id = -1;
    };
    Match longest(std::string_view text) const {
        Match best;
        std::int32_t node = 0;
        for (std::size_t i = 0; i < text.size() && (node = child(node, static_cast<std::uint8_t>(text[i]))) > 0; ++i)
            if (m_nodes[static_cast<std::size_t>(node)].id >= 0)
                best = {i + 1, m_nodes[static_cast<std::size_t>(node)].id};
        return best;
    }

private:
    // Children of a node lie side by side, ordered by their bytes; of nodes with many, a table of all 256 bytes tells
    // where.
    struct Node {
        std::int32_t id = -1;    // of the key that ends here
        std::int32_t first = 0;  // child
        std::int32_t table = -1; // index into m_tables
        std::int32_t count = 0;  // of children
    };

    std::int32_t child(std::int32_t parent, std::uint8_t byte) const { // 0: none
        const Node& node = m_nodes[static_cast<std::size_t>(parent)];
        if (node.table >= 0) return m_tables[static_cast<std::size_t>(node.table) * 256 + byte];
        const std::uint8_t* bytes = m_bytes.data() + node.first;
        for (std::int32_t i = 0; i < node.count; ++i)
            if (bytes[i] == byte) return node.first + i;
        return 0;
    }
    void addTable(Node& node);

    std::vector<Node> m_nodes = std::vector<Node>(1);
    std::vector<std::uint8_t> m_bytes = std::vector<std::uint8_t>(1); // that lead to the nodes
    std::vector<std::int32_t> m_tables;
};

} // namespace levi
