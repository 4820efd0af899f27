// Madang with one domain more, as a city that writes its own would build it.
#include "app/commands/command_line.h"
#include "app/modules.h"
#include "toy/module.h"

int main(int argc, char** argv) {
  auto modules = madang::app::all_modules();
  modules.push_back(madang::toy::toy_module());
  return madang::app::run_command_line(argc, argv, std::move(modules));
}
