// SPDX-License-Identifier: Apache-2.0
#include "core/engine/data/picture_cache.h"

namespace levi {

std::shared_ptr<const Picture> PictureCache::get(const Key& key, const std::function<Picture()>& make) {
    {
        const std::scoped_lock lock(m_mutex);
        const auto kept = m_pictures.find(key);
        if (kept != m_pictures.end()) return kept->second;
    }
    auto made = std::make_shared<const Picture>(make());
    const std::size_t bytes = made->rgb.size() + sizeof(Picture);
    const std::scoped_lock lock(m_mutex);
    if (m_sizeBytes + bytes > m_limitBytes || !m_pictures.emplace(key, made).second) return made;
    m_sizeBytes += bytes;
    return made;
}

std::size_t PictureCache::sizeBytes() const {
    const std::scoped_lock lock(m_mutex);
    return m_sizeBytes;
}

} // namespace levi
