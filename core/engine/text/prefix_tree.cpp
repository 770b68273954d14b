// SPDX-License-Identifier: Apache-2.0
#include "core/engine/text/prefix_tree.h"

#include <algorithm>

namespace levi {
namespace {

constexpr std::int32_t kFewChildren = 8; // as many are searched one by one

// The keys [begin, end) share the bytes on the way to `node`.
struct Branch {
    std::size_t node, begin, end, depth;
};

} // namespace

PrefixTree::PrefixTree() = default;

PrefixTree::PrefixTree(std::vector<std::pair<std::string, std::int32_t>> keys) {
    std::ranges::sort(keys);
    std::vector<Branch> open = {{0, 0, keys.size(), 0}};
    for (std::size_t next = 0; next < open.size(); ++next) { // breadth first: children lie side by side
        auto [node, begin, end, depth] = open[next];
        if (begin < end && keys[begin].first.size() == depth) m_nodes[node].id = keys[begin++].second;
        m_nodes[node].first = static_cast<std::int32_t>(m_nodes.size());
        while (begin < end) {
            const char byte = keys[begin].first[depth];
            std::size_t last = begin;
            while (last < end && keys[last].first[depth] == byte)
                ++last;
            open.push_back({m_nodes.size(), begin, last, depth + 1});
            m_nodes.emplace_back();
            m_bytes.push_back(static_cast<std::uint8_t>(byte));
            begin = last;
        }
        m_nodes[node].count = static_cast<std::int32_t>(m_nodes.size()) - m_nodes[node].first;
        if (m_nodes[node].count > kFewChildren) addTable(m_nodes[node]);
    }
}

void PrefixTree::addTable(Node& node) {
    node.table = static_cast<std::int32_t>(m_tables.size() / 256);
    m_tables.resize(m_tables.size() + 256, 0);
    for (std::int32_t i = 0; i < node.count; ++i)
        m_tables[static_cast<std::size_t>(node.table) * 256 + m_bytes[static_cast<std::size_t>(node.first + i)]] =
            node.first + i;
}

} // namespace levi
