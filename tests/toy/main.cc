// Madang with one domain more, as a city that writes its own would build it, and with a language that nobody speaks.
#include "app/commands/command_line.h"
#include "app/modules.h"
#include "modules/program.h"
#include "support/pseudo_locale.h"
#include "toy/module.h"

int main(int argc, char** argv) {
  auto modules = madang::app::all_modules();
  modules.push_back(madang::toy::toy_module());

  madang::test::PseudoFiles const pseudo(madang::modules::Program{modules}.texts());
  madang::modules::Module language;
  language.name = "pseudo";
  language.texts = pseudo.files();
  modules.push_back(std::move(language));
  return madang::app::run_command_line(argc, argv, std::move(modules));
}
