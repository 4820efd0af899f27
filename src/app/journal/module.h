// The journal of what was done: signed while the server runs, read and proven on the command line.
#pragma once

#include "modules/module.h"

namespace madang::app {

/// First in the list: it opens before whoever writes to the journal and signs after the last of them has finished.
modules::Module journal_module();

/// verify; journal list|key|prove|grown|erase.
void add_journal(CLI::App& app, modules::Invocation& call);

}  // namespace madang::app
