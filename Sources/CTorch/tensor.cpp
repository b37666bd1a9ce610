#include <torch/torch.h>
#include "ctorch.h"
