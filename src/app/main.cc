#include "app/commands/command_line.h"
#include "app/modules.h"

int main(int argc, char** argv) { return madang::app::run_command_line(argc, argv, madang::app::all_modules()); }
