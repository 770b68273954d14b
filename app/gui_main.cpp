// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/run_store.h"
#include "ui/main_window.h"
#include "ui/theme.h"

#include <QApplication>

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    levi::applyTheme(application, levi::AppSettings().lightness());
    levi::MainWindow window(levi::defaultStoreFile());
    window.show();
    return QApplication::exec();
}
