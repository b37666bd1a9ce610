"""Marching cubes of scikit-image (Lewiner) on a torus sampled at side^3.

python skimage_marching_cubes.py [--side 256] [--passes 3] [--method lewiner|lorensen|vtk]
The torus: radii 0.6 and 0.25 around the first axis, grid linspace(-1, 1, side), level 0. `vtk` needs setup --vtk.
"""
from common import arguments, report, timed

options = arguments(__doc__, side=256, passes=3, method="lewiner")

import numpy as np

axis = np.linspace(-1, 1, options.side, dtype=np.float32)
x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
volume = np.sqrt((np.sqrt(y * y + z * z) - 0.6) ** 2 + x * x) - np.float32(0.25)
result = {}


def scikit_image():
    from skimage.measure import marching_cubes
    step = (2 / (options.side - 1),) * 3
    vertices, faces, _, _ = marching_cubes(volume, 0.0, spacing=step, method=options.method)
    result.update(vertices=len(vertices), faces=len(faces))


def flying_edges():
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D
    from vtkmodules.vtkCommonCore import vtkSMPTools
    vtkSMPTools.Initialize(options.threads)
    image = vtkImageData()
    image.SetDimensions(*[options.side] * 3)
    image.GetPointData().SetScalars(numpy_to_vtk(volume.ravel()))
    surface = vtkFlyingEdges3D()
    surface.SetInputData(image)
    surface.SetValue(0, 0.0)
    surface.ComputeNormalsOff()
    surface.Update()
    output = surface.GetOutput()
    result.update(vertices=output.GetNumberOfPoints(), faces=output.GetNumberOfPolys())


is_vtk = options.method == "vtk"
seconds = timed(flying_edges if is_vtk else scikit_image, options.passes)
if is_vtk:
    from vtkmodules.vtkCommonCore import vtkVersion
    version = vtkVersion().GetVTKVersion()
else:
    import skimage
    version = skimage.__version__
report("vtk" if is_vtk else "scikit-image", seconds, version=version, side=options.side, method=options.method, **result)
