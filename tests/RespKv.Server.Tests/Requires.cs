using RespKv.TestKit.Server;

namespace RespKv.Server.Tests;

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

/// <summary>A test that needs Node.js and the packages of tests/clients, which are installed on first use.</summary>
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute() => Skip = ClientScripts.WhyNoNodeAsync().GetAwaiter().GetResult();
}

/// <summary>A test that needs a Python with the package redis.</summary>
public sealed class PythonRedisFactAttribute : FactAttribute
{
    public PythonRedisFactAttribute()
        => Skip = ClientScripts.PythonAsync().GetAwaiter().GetResult() is null ? "no python3 with the package redis (Debian: python3-redis)" : null;
}

/// <summary>A test that needs a Python with the packages redis and kombu.</summary>
public sealed class KombuFactAttribute : FactAttribute
{
    public KombuFactAttribute()
        => Skip = ClientScripts.WithKombuAsync().GetAwaiter().GetResult() ? null : "no python3 with the package kombu (Debian: python3-kombu)";
}

/// <summary>A test that needs a C compiler and the library hiredis.</summary>
public sealed class HiredisFactAttribute : FactAttribute
{
    public HiredisFactAttribute() => Skip = ClientScripts.WhyNoHiredisAsync().GetAwaiter().GetResult();
}

/// <summary>A test that needs Debian's package index and redis-cli.</summary>
public class PackageIndexFactAttribute : FactAttribute
{
    private const string Lists = "/var/lib/apt/lists";

    public PackageIndexFactAttribute()
    {
        bool index = Directory.Exists(Lists) && Directory.GetFiles(Lists, "*_Packages*").Length > 0;
        Skip = !index ? $"no package index in {Lists}: apt-get update fetches it" : Tool.Find("redis-cli") is null ? "redis-cli is not installed" : null;
    }
}

/// <summary>A test that needs Debian's package index, redis-cli and a real disk of its own.</summary>
public sealed class PackageIndexLoopDiskFactAttribute : PackageIndexFactAttribute
{
    public PackageIndexLoopDiskFactAttribute() => Skip ??= LoopDisk.WhyNotAsync().GetAwaiter().GetResult();
}
