// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <exception>
#include <memory>

namespace levi {

// What was asked in the background: a value, or a sentence why there is none, or not yet.
template<typename T>
struct Answer {
    std::shared_ptr<const T> value;
    QString message;
    bool isComing = false;
};

// Whatever `call` throws is the message.
template<typename T, typename Call>
Answer<T> answerOf(Call call) {
    try {
        return {.value = std::make_shared<const T>(call()), .message = {}};
    } catch (const std::exception& error) {
        return {.value = nullptr, .message = QString::fromUtf8(error.what())};
    }
}

} // namespace levi
