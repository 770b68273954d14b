// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace levi {

enum class Deflated { Raw, Gzip }; // as zip members hold it; as .gz files hold it

// Inflates step by step into buffers whose size the caller knows, so that no file decides how much is allocated.
class Inflater {
public:
    Inflater(std::span<const std::byte> compressed, Deflated kind, std::string name);
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    // Exactly `count` further bytes. Throws Error naming the file where it is damaged or ends before.
    std::string read(std::size_t count);

    // Whether the stream ends here, its checksum included. Throws Error where it is damaged.
    bool atEnd();

private:
    struct State;
    State* m_state;
    std::string m_name;
};

} // namespace levi
