// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine/image/picture.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

namespace levi {

// Base pictures of one reader of one dataset in memory, so that forty epochs decode a file once.
// Thread-safe. When the limit is reached further pictures are made anew each time.
class PictureCache {
public:
    explicit PictureCache(std::size_t limitBytes = std::size_t{512} << 20) : m_limitBytes(limitBytes) {}

    // The kept picture, or what `make` returns. Two threads may make the same one at the same time.
    struct Key {
        std::int64_t tableRow = 0;
        bool whole = false; // PictureView::basesAreWhole: passes that crop and passes that do not keep different ones
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    std::shared_ptr<const Picture> get(const Key& key, const std::function<Picture()>& make);

    std::size_t sizeBytes() const;

private:
    std::size_t m_limitBytes;
    mutable std::mutex m_mutex;
    std::size_t m_sizeBytes = 0;
    std::map<Key, std::shared_ptr<const Picture>> m_pictures;
};

} // namespace levi
