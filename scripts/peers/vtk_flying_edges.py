"""Flying edges of VTK on a torus sampled at side^3.

python vtk_flying_edges.py [--side 256] [--passes 3] [--threads 2]
The torus: radii 0.6 and 0.25 around the third axis, grid linspace(-1, 1, side), level 0. Points and triangles only: no
normals, no gradients, no interpolated scalars. All threads are VTK's own.
"""
from common import arguments, report, timed

options = arguments(__doc__, side=256, passes=3)

import os

os.environ["VTK_SMP_MAX_THREADS"] = str(options.threads)

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkSMPTools, vtkVersion
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D

vtkSMPTools.SetBackend("STDThread")
vtkSMPTools.Initialize(options.threads)
axis = np.linspace(-1, 1, options.side, dtype=np.float32)
x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
volume = np.sqrt((np.sqrt(x * x + y * y) - np.float32(0.6)) ** 2 + z * z) - np.float32(0.25)
# VTK's first axis is the fastest one, so its x is our z.
image = vtkImageData()
image.SetDimensions(*[options.side] * 3)
image.SetSpacing(*[2 / (options.side - 1)] * 3)
image.SetOrigin(-1, -1, -1)
scalars = numpy_to_vtk(volume.ravel())
image.GetPointData().SetScalars(scalars)
result = {}


def flying_edges():
    surface = vtkFlyingEdges3D()
    surface.SetInputData(image)
    surface.SetValue(0, 0.0)
    surface.ComputeNormalsOff()
    surface.ComputeGradientsOff()
    surface.ComputeScalarsOff()
    surface.Update()
    output = surface.GetOutput()
    result.update(vertices=output.GetNumberOfPoints(), faces=output.GetNumberOfPolys())


seconds = timed(flying_edges, options.passes)
report("vtk", seconds, version=vtkVersion().GetVTKVersion(), side=options.side, backend=vtkSMPTools.GetBackend(),
       threads=vtkSMPTools.GetEstimatedNumberOfThreads(), **result)
