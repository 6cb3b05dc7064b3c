using RespKv.TestKit.Server;

namespace RespKv.Server.Tests;

/// <summary>A test that needs a real disk of its own, and so root and loop devices.</summary>
public sealed class LoopDiskFactAttribute : FactAttribute
{
    public LoopDiskFactAttribute() => Skip = LoopDisk.WhyNotAsync().GetAwaiter().GetResult();
}
