using RespKv.TestKit.Server;

namespace RespKv.Http.Tests;

/// <summary>A test that needs programs of the machine. Without one of them it is skipped, and the report names it.</summary>
public sealed class RequiresFactAttribute : FactAttribute
{
    public RequiresFactAttribute(params string[] programs)
    {
        if (programs.FirstOrDefault(name => Tool.Find(name) is null) is { } missing)
        {
            Skip = $"{missing} is not installed";
        }
    }
}
