"""Signed distances of a mesh by other libraries.

python mesh_distances.py --mesh M.obj --points P.npy [--passes 2] [--library open3d|point-cloud-utils|libigl|mesh-to-sdf]
Points in the frame of the mesh, [P, 3] float32. Prints the time of building and asking, and how many points are inside.
mesh-to-sdf (0.0.15: 100 scans of 400^2, normal vote, as it is used) needs OpenGL: PYOPENGL_PLATFORM=osmesa or egl.
"""
import os

from common import arguments, report, timed

options = arguments(__doc__, mesh=None, points=None, passes=2, library="open3d")

import numpy as np

points = np.load(options.points)
found = {}


def read_mesh():
    vertices, faces = [], []
    with open(options.mesh) as file:
        for line in file:
            words = line.split()
            if words[:1] == ["v"]:
                vertices.append([float(word) for word in words[1:4]])
            elif words[:1] == ["f"]:
                corners = [int(word.split("/")[0]) - 1 for word in words[1:]]
                faces += [[corners[0], corners[k], corners[k + 1]] for k in range(1, len(corners) - 1)]
    return np.array(vertices, np.float32), np.array(faces, np.int32)


vertices, faces = read_mesh()


def keep(distances):
    found["inside"] = int((np.asarray(distances) < 0).sum())


def open3d():
    import open3d as library
    scene = library.t.geometry.RaycastingScene(nthreads=options.threads)
    scene.add_triangles(library.core.Tensor(vertices), library.core.Tensor(faces.astype(np.uint32)))
    keep(scene.compute_signed_distance(library.core.Tensor(points), nthreads=options.threads).numpy())


def point_cloud_utils():
    import point_cloud_utils as library
    keep(library.signed_distance_to_mesh(points, vertices, faces)[0])


def libigl():
    import igl as library
    kind = library.SIGNED_DISTANCE_TYPE_FAST_WINDING_NUMBER
    keep(library.signed_distance(points.astype(np.float64), vertices.astype(np.float64), faces.astype(np.int64), kind)[0])


def mesh_to_sdf():
    os.environ.setdefault("PYOPENGL_PLATFORM", "osmesa")
    import mesh_to_sdf as library
    import trimesh
    keep(library.mesh_to_sdf(trimesh.Trimesh(vertices, faces, process=False), points))


functions = {"open3d": open3d, "point-cloud-utils": point_cloud_utils, "libigl": libigl, "mesh-to-sdf": mesh_to_sdf}
from importlib.metadata import version

# The slowest one is timed once: a minute says enough.
is_slow = options.library == "mesh-to-sdf"
seconds = timed(functions[options.library], 1 if is_slow else options.passes, warmup=0 if is_slow else 1)
report(options.library, seconds, version=version(options.library), points=len(points), faces=len(faces), **found)
