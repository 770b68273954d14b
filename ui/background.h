// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>
#include <QtConcurrent>

#include <utility>

namespace levi {

// Does `work` on a thread of the pool and hands what it returns to `take` on the thread of `context`, which is this
// one; nothing is handed over once that object is gone. `work` throws nothing. QFuture::then() with a context would do
// the same, but that of Qt 6.4 crashes now and then: the promise of its continuation may be gone before it is used.
// Returns the future, to wait for.
template<typename Work, typename Take>
auto inBackground(QObject* context, Work work, Take take) {
    using Result = decltype(work());
    auto* watcher = new QFutureWatcher<Result>(context);
    QObject::connect(watcher, &QFutureWatcherBase::finished, watcher, [watcher, take = std::move(take)] {
        watcher->deleteLater();
        take(watcher->result());
    });
    const QFuture<Result> future = QtConcurrent::run(std::move(work));
    watcher->setFuture(future);
    return future;
}

} // namespace levi
