// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace levi {

inline constexpr std::int64_t kUsualSamples = 8; // of a piece of the frozen pass: what packed products expect

// A network's blocks as the frozen pass wants them. They are packed by the first pass that needs them, and only those
// that are not trained: full fine-tuning never pays for it.
template<typename Block>
class PackedBlocks {
public:
    using Shared = std::shared_ptr<const std::vector<Block>>;

    // The first `count` blocks, block i from pack(i). May be called from several threads.
    Shared get(std::int64_t count, const std::function<Block(std::size_t)>& pack) const {
        const std::lock_guard lock(m_mutex);
        if (m_blocks) return m_blocks;
        auto blocks = std::make_shared<std::vector<Block>>();
        for (std::int64_t i = 0; i < count; ++i)
            blocks->push_back(pack(static_cast<std::size_t>(i)));
        m_blocks = std::move(blocks);
        return m_blocks;
    }
    void clear() { // the weights or what is trained of them has changed
        const std::lock_guard lock(m_mutex);
        m_blocks.reset();
    }

private:
    mutable std::mutex m_mutex; // guards m_blocks
    mutable Shared m_blocks;
};

} // namespace levi
