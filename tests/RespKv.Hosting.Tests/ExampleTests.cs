using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RespKv.TestKit.Server;
using StackExchange.Redis;

namespace RespKv.Hosting.Tests;

/// <summary>What docs/embedding.md shows, as it stands there.</summary>
public sealed class ExampleTests
{
    // begin example
    public sealed class Visits(IConnectionMultiplexer redis)
    {
        public Task<long> CountAsync(string page) => redis.GetDatabase().StringIncrementAsync($"visits:{page}");
    }

    [Fact]
    public async Task Visits_are_counted_per_page()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Services.AddRespKv();
        builder.Services.AddSingleton<Visits>();
        builder.Services.AddSingleton<IConnectionMultiplexer>(services =>
            ConnectionMultiplexer.Connect(services.GetRequiredService<RespKvServer>().ConnectionString));
        using IHost host = builder.Build();
        await host.StartAsync();

        var visits = host.Services.GetRequiredService<Visits>();
        Assert.Equal(1, await visits.CountAsync("home"));
        Assert.Equal(2, await visits.CountAsync("home"));
        Assert.Equal(1, await visits.CountAsync("about"));

        await host.StopAsync();
    }

    // end example
    [Fact]
    public void The_page_shows_this_code()
    {
        string code = File.ReadAllText(Path.Combine(Repository.Root(), "tests/RespKv.Hosting.Tests/ExampleTests.cs"));
        string example = code.Split("// begin example\n")[1].Split("\n    // end example")[0].TrimEnd();
        string indented = string.Join('\n', example.Split('\n'));

        Assert.Contains(indented, File.ReadAllText(Path.Combine(Repository.Root(), "docs/embedding.md")), StringComparison.Ordinal);
    }
}
